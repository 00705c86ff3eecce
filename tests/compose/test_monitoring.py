from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from tests.compose.conftest import running, until
from tests.compose.stack import SERVICES, Stack

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """
    The stack with Prometheus.
    """
    with running(tmp_path_factory.mktemp("watched"), profile="monitoring") as stack:
        yield stack


def asked(stack: Stack, query: str) -> dict[str, float]:
    """
    The answer of Prometheus, by service.
    """
    url = f"http://127.0.0.1:{stack.prometheus_port}/api/v1/query?query={quote(query)}"
    with urlopen(url, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return {sample["metric"].get("job", ""): float(sample["value"][1]) for sample in found["data"]["result"]}


async def test_every_service_is_measured(watched: Stack) -> None:
    """
    Found by its name on the compose network, and all partitions are served.
    """
    wanted = dict.fromkeys(SERVICES, 12.0)

    assert await until(lambda: asked(watched, "sum by (job) (news_tasks)") == wanted, 90)


async def test_articles_are_counted(watched: Stack) -> None:
    """
    Each outcome by its name.
    """
    watched.cli("sources", "add", "http://h0.example:8080/0-3.xml")
    query = 'sum by (job) (news_records_total{outcome="emit", job=~"cleaner|tagger"})'

    assert await until(lambda: asked(watched, query) == {"cleaner": 3.0, "tagger": 3.0}, 90)


async def test_a_service_that_is_away_is_told(watched: Stack) -> None:
    """
    Within two minutes; and no other alert is raised for it.
    """
    assert asked(watched, 'ALERTS{alertstate="firing"}') == {}

    watched.compose("stop", "cleaner")

    assert await until(lambda: "cleaner" in asked(watched, 'ALERTS{alertname="ServiceAway",alertstate="firing"}'), 180)
    assert asked(watched, 'ALERTS{alertstate="firing"}') == {"cleaner": 1.0}
