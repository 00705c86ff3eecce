"""
Metrics, alerts, runbook and dashboard say the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from deploy.compose import dashboard
from services.cleaner.settings import CleanerSettings
from services.cleaner.topology import cleaner_topology
from services.cli.app import app
from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.fetcher.topology import fetcher_topology
from services.runtime.metrics import Metrics
from services.runtime.testing import TopologyDriver
from services.tagger.linking.settings import LinkerSettings
from services.tagger.linking.topology import linker_topology
from services.tagger.settings import TaggerSettings
from services.tagger.topology import tagger_topology

ROOT = Path(__file__).parents[3]
MONITORING = ROOT / "deploy" / "compose" / "monitoring"
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
METRICS_PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")

OF_PROMETHEUS = {"up", "ALERTS", "process_resident_memory_bytes"}
"""What an expression may name beside our own metrics."""


def rules() -> dict[str, dict[str, Any]]:
    [group] = yaml.safe_load((MONITORING / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


def entries() -> dict[str, str]:
    """
    The runbook by alert.
    """
    return dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))


def expressions() -> Iterator[str]:
    """
    Every query that we ship or tell somebody to ask.
    """
    yield from (rule["expr"] for rule in rules().values())
    yield from (query for row in dashboard.ROWS for panel in row.panels for query, _ in panel.queries)
    yield from (text for text in re.findall(r"`([^`]+)`", RUNBOOK) if "news_" in text)


def exported() -> set[str]:
    """
    Names as Prometheus reads them.
    """
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    return {name + suffix for name, kind, _, _ in Metrics().table() for suffix in suffixes[kind]}


def stage_figures() -> set[tuple[str, str]]:
    """
    `(service, name)` of what stages count of themselves.
    """
    drivers = {
        "fetcher": TopologyDriver(fetcher_topology(FetcherSettings(), Client(FetcherSettings()))),
        "cleaner": TopologyDriver(cleaner_topology(CleanerSettings())),
        "tagger": TopologyDriver(tagger_topology(TaggerSettings())),
        "linker": TopologyDriver(linker_topology(LinkerSettings())),
    }
    return {(service, name) for service, driver in drivers.items() for name in driver._processor.figures()}


def test_every_alert_has_an_entry_in_the_runbook_and_every_entry_an_alert() -> None:
    """
    Which says what it means, why it may be, what to look at and what to do, and which the alert leads to.
    """
    written = entries()

    assert set(written) == set(rules())
    for name, text in written.items():
        assert re.findall(r"^- \*\*(\w+)\*\*", text, re.MULTILINE) == ["Means", "Causes", "Look", "Do"], name
        assert rules()[name]["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"
        assert rules()[name]["labels"]["severity"] in {"page", "ticket"}


def test_what_a_person_is_sent_to_is_there() -> None:
    """
    Pages and headings that the status and these pages name; commands of `news-ingest` too.
    """
    pages = {
        name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("runbook", "sizing", "scale")
    }
    said = (ROOT / "services" / "cli" / "status" / "judgement.py").read_text(encoding="utf-8")
    named = {f"docs/{target}" for text in pages.values() for target in re.findall(r"\]\(([^)]+)\)", text)}
    named = {target.replace("docs/../", "") for target in named} | set(re.findall(r"docs/[\w.#-]+\w", said))

    for target in named:
        path, _, heading = target.replace("docs/#", "docs/runbook.md#").partition("#")
        page = (ROOT / path).read_text(encoding="utf-8")
        assert not heading or heading in {
            line.lower().replace(" ", "-") for line in re.findall(r"^#+ (.+)$", page, re.MULTILINE)
        }
    commands = {
        name for text in (*pages.values(), said) for name in re.findall(r"(?:news-ingest|--rm cli) ([a-z]+)", text)
    }
    assert commands <= {*get_command(app).commands}  # type: ignore[attr-defined]


def test_every_alert_is_tested_to_fire_and_not_to_fire() -> None:
    """
    By the cases that tests/compose/test_monitoring.py gives to Prometheus' own tool.
    """
    suite = yaml.safe_load((MONITORING / "alerts_test.yaml").read_text(encoding="utf-8"))
    asked = [case for test in suite["tests"] for case in test["alert_rule_test"]]
    fires = {case["alertname"] for case in asked if case.get("exp_alerts")}
    silent = {case["alertname"] for case in asked if not case.get("exp_alerts")}

    assert fires == silent == set(rules())


def test_every_expression_names_metrics_that_are_there() -> None:
    """
    A metric that was renamed leaves no alert behind that can never be raised.
    """
    named = {name for text in expressions() for name in re.findall(r"\b(?:news_\w+|process_\w+|up|ALERTS)\b", text)}
    known = exported() | {name for name, _, _, _ in Metrics().table()}

    assert named <= known | OF_PROMETHEUS


def test_every_figure_of_a_stage_is_documented() -> None:
    """
    And none that is not there.
    """
    rows = re.findall(r"^\| (fetcher|cleaner|tagger|linker) \| ([^|]+) \|", METRICS_PAGE, re.MULTILINE)
    documented = {(service, name) for service, names in rows for name in re.findall(r"`(\w+)`", names)}

    assert documented == stage_figures()


def test_every_figure_of_a_stage_that_an_expression_names_is_there() -> None:
    """
    By its name, or by a pattern that finds one.
    """
    names = {name for _, name in stage_figures()}
    asked = {found for text in expressions() for found in re.findall(r'\bname=~?"([^"]+)"', text)}

    assert asked
    assert [pattern for pattern in asked if not any(re.fullmatch(pattern, name) for name in names)] == []


def test_every_metric_is_drawn_or_watched() -> None:
    """
    What nobody looks at need not be measured.
    """
    shown = {name for text in expressions() for name in re.findall(r"\bnews_\w+", text)}

    assert [name for name, _, _, _ in Metrics().table() if not any(text.startswith(name) for text in shown)] == []


def test_the_dashboard_is_what_its_module_says() -> None:
    """
    `make docs` has been run since the last change.
    """
    assert (MONITORING / "grafana" / "boards" / "news-ingest.json").read_text(encoding="utf-8") == dashboard.render()


def test_panels_have_a_place_of_their_own() -> None:
    """
    Grafana draws what overlaps one over the other.
    """
    panels = json.loads(dashboard.render())["panels"]
    places = [panel["gridPos"] for panel in panels]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]

    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_no_password_stands_in_the_deployment() -> None:
    """
    Grafana has no administrator and lets nobody log in; its readers can only read.
    """
    [grafana] = [s for name, s in compose()["services"].items() if name == "grafana"]
    environment = grafana["environment"]

    assert not [name for name in environment if "PASSWORD" in name]
    assert environment["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"
    assert environment["GF_AUTH_BASIC_ENABLED"] == "false"
    assert environment["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"


@pytest.mark.parametrize("name", ["prometheus", "grafana"])
def test_monitoring_is_contained_like_the_rest(name: str) -> None:
    """
    Loopback only, nothing to write on, no capability, a limit of memory, and only with its profile.
    """
    service = compose()["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["profiles"] == ["monitoring"]
    assert service["mem_limit"]
    assert all(port.startswith("${STACK_BIND:-127.0.0.1}:") for port in service["ports"])


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    return found
