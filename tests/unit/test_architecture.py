"""
The rules of how the parts may know each other, and how large they may become, read off the source itself.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SERVICES = ("fetcher", "cleaner", "tagger")

RIM = {"asyncio", "os", "time", "random", "socket", "structlog"}
"""What decides takes time, chance and the world as values; only `__main__` and `client` touch them."""

CONTRACT_OF_RUNTIME = {
    f"schemas.{name}" for name in ("base", "topics", "parts", "ids", "envelope", "dead_letters", "trace_context")
}

KAFKA_DOOR = "services/runtime/kafka/"

MAX_FILE_LINES, MAX_FUNCTION_LINES, MAX_PARAMETERS = 400, 50, 5

HOSTS = ("pypi", "pythonhosted"), ("maven", "maven.apache", "npmjs", "crates", "rubygems")
"""Package registries, without their last part, so that this file does not name them."""

PATHS_OF_ONE_MACHINE = re.compile("|".join("/" + home + "/" for home in ("home/[a-z]", "root", "Users/[a-z]", "work")))


def sources(*folders: str) -> list[str]:
    """
    The Python files below some folders, as paths from the root.
    """
    return sorted(str(path.relative_to(ROOT)) for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


@cache
def imports(path: str) -> frozenset[str]:
    """
    The modules that a file imports, anywhere in it; `from a import b` counts as `a` and `a.b`.
    """
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def users(folders: tuple[str, ...], *packages: str) -> set[str]:
    """
    The files that import any of these packages.
    """
    return {path for path in sources(*folders) if {name.partition(".")[0] for name in imports(path)} & {*packages}}


def functions(path: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """
    All functions and methods of a file, nested ones too.
    """
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_the_contract_imports_nothing_of_ours() -> None:
    """
    Whoever only subscribes needs `schemas` alone.
    """
    assert users(("schemas",), "services", "deploy", "tests", "bench") == set()


def test_the_runtime_knows_nothing_about_news() -> None:
    """
    It takes topics, envelopes, ids and dead letters from the contract, and no service.
    """
    modules = {f"schemas.{path.stem}" for path in (ROOT / "schemas").glob("*.py")}
    used = {name for path in sources("services/runtime") for name in imports(path)}

    assert used & modules <= CONTRACT_OF_RUNTIME
    assert {name for name in used if name.startswith("services.") and not name.startswith("services.runtime")} == set()


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_imports_another(service: str) -> None:
    """
    Services meet on topics only; of ours they know the contract and the runtime.
    """
    used = {name for path in sources(f"services/{service}") for name in imports(path)}
    ours = {".".join(name.split(".")[:2]) for name in used if name.startswith(("services.", "deploy.", "bench."))}

    assert ours <= {f"services.{service}", "services.runtime"}


def test_kafka_has_its_doors() -> None:
    """
    Everything else speaks of records.
    """
    assert [
        path for path in users(("services", "schemas", "deploy"), "aiokafka") if not path.startswith(KAFKA_DOOR)
    ] == []


def test_traces_have_one_door() -> None:
    """
    Everything else tells spans as values; the messages on the wire are loaded where a collector is named.
    """
    assert users(("services", "schemas", "deploy"), "opentelemetry") == {"services/runtime/tracing/otlp.py"}


def test_the_web_has_one_door() -> None:
    """
    Everything else of the services decides over plain values.
    """
    doors = {"services/fetcher/client.py"}

    assert users(("services", "schemas"), "httpx", "aiohttp", "requests", "urllib3") <= doors


@pytest.mark.parametrize("service", SERVICES)
def test_what_decides_touches_neither_clock_nor_world(service: str) -> None:
    """
    Equal inputs give equal outcomes, because nothing else can come in.
    """
    guilty = users((f"services/{service}",), *RIM)

    assert {path for path in guilty if Path(path).stem not in ("__main__", "client")} == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_begins_with_the_same_modules(service: str) -> None:
    """
    Whoever knows one service finds the way in another.
    """
    names = {Path(path).stem for path in sources(f"services/{service}")}

    assert {"__main__", "topology", "stage", "settings"} <= names
    assert not names & {"utils", "helpers", "common", "core", "misc"}


@pytest.mark.parametrize("path", sources("services", "schemas", "deploy"))
def test_everything_stays_small(path: str) -> None:
    """
    No file above 400 lines, no function above 50, none with more than 5 parameters (self or cls apart; what typer calls
    may have more, as its parameters are the options of a command).
    """
    lines = (ROOT / path).read_text(encoding="utf-8").count("\n")
    long = [f.name for f in functions(path) if (f.end_lineno or 0) - f.lineno + 1 > MAX_FUNCTION_LINES]
    wide = [f.name for f in functions(path) if parameters(f) > MAX_PARAMETERS and not is_command(f)]

    assert lines <= MAX_FILE_LINES
    assert long == []
    assert wide == []


def is_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """
    Whether typer calls it: its parameters are declared as options and arguments.
    """
    return "typer.Option(" in ast.unparse(function.args)


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """
    How many parameters a caller has to think of.
    """
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return sum(argument.arg not in ("self", "cls") for argument in named)


def test_no_file_names_a_package_registry_or_somebodys_machine() -> None:
    """
    Where packages come from is each machine's own setting, and paths of one machine mean nothing on another.
    """
    registries = "|".join(
        rf"\b{name}\.{end}\b" for names, end in zip(HOSTS, ("org", "(org|com|io)"), strict=True) for name in names
    )
    unwanted = re.compile(f"{registries}|{PATHS_OF_ONE_MACHINE.pattern}")

    assert {path: found[0] for path, text in committed() if (found := unwanted.search(text))} == {}


def committed() -> Iterator[tuple[str, str]]:
    """
    The text files that are, or are about to be, under version control.
    """
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\0")
    for name in filter(None, names):
        path = ROOT / name
        if path.is_file() and b"\0" not in (content := path.read_bytes())[:8000]:
            yield name, content.decode(errors="replace")
