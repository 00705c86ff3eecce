from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
import typer
from typer.main import get_command

import services
from deploy.local import ErrorCode
from services.cli.app import app
from services.cli.errors import MEANINGS
from services.cli.variables import known, render
from services.runtime.errors import NewsIngestError

ROOT = Path(__file__).parents[3]
ERRORS = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def all_errors() -> list[type[NewsIngestError]]:
    for module in walk_packages(services.__path__, "services."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    found, open_ = [], [NewsIngestError]
    while open_:
        kind = open_.pop()
        found.append(kind)
        open_.extend(kind.__subclasses__())
    return [kind for kind in found if kind.__module__.startswith("services.")]


def commands() -> dict[str, typer.core.TyperCommand]:
    found = {}
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found.update({f"{name} {n}": c for n, c in inner.items()} if inner else {name: command})
    return found


def test_every_error_has_a_code_of_its_own() -> None:
    """
    A code stands for one error, for good.
    """
    codes = [kind.code for kind in all_errors()]

    assert len(codes) == len(set(codes))


def test_every_error_has_an_entry_that_says_what_why_and_what_next() -> None:
    """
    The page cannot rot: a new code without an entry fails here.
    """
    entries = dict(re.findall(r"^## (NI-\d{3})\n(.*?)(?=^## |\Z)", ERRORS, re.MULTILINE | re.DOTALL))

    assert set(entries) == {kind.code for kind in all_errors()}
    for code, text in entries.items():
        assert "**What**" in text, code
        assert code == "NI-501" or ("**Why**" in text and "**Next**" in text), code


def test_every_reason_of_the_local_kafka_is_explained() -> None:
    """
    NI-501 carries the reason's own code.
    """
    assert set(re.findall(r"^\| `(\w+)` \|", ERRORS, re.MULTILINE)) == {str(code) for code in ErrorCode}


def test_the_table_of_exit_codes_is_that_of_the_program() -> None:
    """
    Written once in the code, once for readers.
    """
    table = {int(code): meaning for code, meaning in re.findall(r"^\| (\d+) \| (.*) \|$", ERRORS, re.MULTILINE)}

    assert table == {int(code): meaning for code, meaning in MEANINGS.items()}


def test_the_page_of_settings_is_up_to_date() -> None:
    """
    `make docs` writes it.
    """
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    assert page == render(), "run: make docs"


def test_every_setting_says_what_it_means() -> None:
    """
    A name alone explains nothing.
    """
    assert [name for name, meaning in known().items() if not meaning] == []


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_answers_in_json_and_has_help_with_an_example(name: str) -> None:
    """
    The same for all, so that nobody has to look it up.
    """
    command = commands()[name]

    assert "--json" in {option for parameter in command.params for option in parameter.opts}
    assert command.help
    assert f"news-ingest {name}" in (command.epilog or "")


def test_the_readme_names_every_command() -> None:
    """
    And nothing that does not exist.
    """
    named = {name for text in re.findall(r"`news-ingest ([a-z\\|-]+)", README) for name in text.split("\\|")}

    assert {name.split()[0] for name in commands()} == named


def test_the_readme_has_exactly_two_set_up_commands() -> None:
    """
    `make demo` and `make test` are all that it takes.
    """
    section = README.split("## Set up")[1].split("## ")[0]

    assert re.findall(r"^    (\S.*)$", section, re.MULTILINE) == ["make demo", "make test"]


def test_links_of_our_pages_lead_somewhere() -> None:
    """
    A page that was moved takes its links along.
    """
    for page in (README, (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        for target in re.findall(r"\]\(([^)#]+)\)", page):
            assert target.startswith("http") or (ROOT / target).exists(), target
