from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from aiokafka import AIOKafkaProducer

from deploy.compose import dashboard
from schemas import topics
from tests.compose.conftest import running, until
from tests.compose.stack import GRAFANA, PROMETHEUS, ROOT, SERVICES, Stack, docker, is_docker_there

pytestmark = pytest.mark.e2e

MONITORING = ROOT / "deploy" / "compose" / "monitoring"
RUNBOOK = ROOT / "docs" / "runbook.md"


@pytest.fixture(scope="module")
def watched(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """
    The stack with Prometheus; with Grafana too, where its image can be had.
    """
    with running(tmp_path_factory.mktemp("watched"), profile="monitoring") as stack:
        yield stack


def get(url: str, **headers: str) -> Any:
    with urlopen(Request(url, headers=headers), timeout=10) as answer:
        return json.load(answer)


def asked(stack: Stack, query: str) -> dict[str, float]:
    """
    The answer of Prometheus, by service.
    """
    found = get(f"http://127.0.0.1:{stack.prometheus_port}/api/v1/query?{urlencode({'query': query})}")
    assert found["status"] == "success", found
    return {sample["metric"].get("job", ""): float(sample["value"][1]) for sample in found["data"]["result"]}


def firing(stack: Stack, alert: str = ".*") -> set[str]:
    """
    The services of which an alert is raised now.
    """
    return set(asked(stack, f'ALERTS{{alertname=~"{alert}", alertstate="firing"}}'))


def test_every_alert_fires_when_it_should_and_only_then() -> None:
    """
    By Prometheus' own tool, over made-up series: also what would take hours to see.
    """
    if not is_docker_there():
        pytest.skip("no Docker engine here")
    at = f"{MONITORING}:/m:ro"
    told = docker(
        "run", "--rm", "-v", at, "--entrypoint", "promtool", PROMETHEUS, "test", "rules", "/m/alerts_test.yaml"
    )

    assert "SUCCESS" in told


async def test_every_service_is_measured(watched: Stack) -> None:
    """
    Found by its name on the compose network, and all partitions are served.
    """
    wanted = {**dict.fromkeys(SERVICES, 12.0), "linker": 1.0}

    assert await until(lambda: asked(watched, "sum by (job) (news_tasks)") == wanted, 90)
    assert asked(watched, "max by (job) (news_partitions)") == wanted
    assert asked(watched, "min by (job) (news_memory_limit_bytes) > 0").keys() == wanted.keys()


async def test_articles_are_counted(watched: Stack) -> None:
    """
    Each outcome by its name, with the watched list.
    """
    watched.cli("sources", "add", "http://h0.example:8080/0-3.xml")
    query = 'sum by (job) (news_records_total{outcome="emit", job=~"cleaner|tagger"})'

    assert await until(lambda: asked(watched, query) == {"cleaner": 3.0, "tagger": 3.0}, 90)
    lists = 'sum by (job) (news_stage{name="lists_ok"})'
    assert await until(lambda: asked(watched, lists) == {"fetcher": 1.0}, 60)
    assert asked(watched, 'sum by (job) (news_age_seconds_count{job="tagger", since="fetched"})') == {"tagger": 3.0}


def test_the_status_says_the_same(watched: Stack) -> None:
    """
    To a person who has no Prometheus; nothing keeps articles from coming.
    """
    told = json.loads(watched.cli("status", "--check", "--json"))

    assert [(state["name"], state["processes"]) for state in told["services"]] == [
        (name, 1) for name in (*SERVICES, "linker")
    ]
    assert [state["lastHour"] for state in told["services"]] == [3, 3, 3, 3]
    assert told["latency"]["fetched"]["articles"] == 3
    assert (told["sources"], told["remarks"]) == ({"watched": 1, "paused": 0}, [])


@pytest.mark.parametrize("service", SERVICES)
async def test_each_committed_record_has_its_line_in_the_log(watched: Stack, service: str) -> None:
    """
    One JSON line each, with where it came from and what became of it.
    """

    def lines() -> list[dict[str, Any]]:
        told = watched.compose("logs", "--no-log-prefix", "--no-color", service).splitlines()
        found = [json.loads(line[line.index("{") :]) for line in told]  # compose puts control characters before some
        return [line for line in found if line["event"] == "committed"]

    counted = f'sum by (job) (news_records_total{{job="{service}"}})'
    assert await until(lambda: asked(watched, counted).get(service) == len(lines()), 60)
    assert all(
        {"service", "topic", "partition", "offset", "event_id", "outcome", "reason", "elapsed_s"} <= line.keys()
        for line in lines()
    )


def test_every_query_that_we_ship_or_tell_is_understood(watched: Stack) -> None:
    """
    Those of the dashboard, and those in the runbook.
    """
    drawn = [query for row in dashboard.ROWS for panel in row.panels for query, _ in panel.queries]
    told = [text for text in re.findall(r"`([^`]+)`", RUNBOOK.read_text(encoding="utf-8")) if "news_" in text]

    assert len(drawn) > 20
    assert len(told) > 10
    for query in (*drawn, *told):
        asked(watched, query)


def test_grafana_shows_the_dashboard_to_readers_and_lets_nobody_in(watched: Stack) -> None:
    """
    Nobody has to log in to see it, and nobody can: the usual first password opens nothing.
    """
    if not watched.containers("grafana"):
        pytest.skip(f"{GRAFANA} is not here and cannot be had")
    at = f"http://127.0.0.1:{watched.grafana_port}"
    board = get(f"{at}/api/dashboards/uid/news-ingest")
    with pytest.raises(HTTPError) as refused:
        get(f"{at}/api/admin/settings", Authorization="Basic YWRtaW46YWRtaW4=")

    assert board["dashboard"]["title"] == "news-ingest"
    assert board["meta"]["canSave"] is False
    assert refused.value.code in (401, 403)


async def test_the_first_dead_letter_is_told(watched: Stack) -> None:
    """
    Somebody writes what is no event to an input; the alert names service and reason.
    """
    assert firing(watched) == set()
    producer = AIOKafkaProducer(bootstrap_servers=watched.kafka.bootstrap_servers)
    await producer.start()
    await producer.send_and_wait(topics.FETCH_REQUESTED.name, b"not an event", partition=0)
    await producer.stop()

    assert await until(lambda: firing(watched, "DeadLetters") == {"fetcher"}, 90)
    assert asked(watched, 'sum by (job) (ALERTS{alertname="DeadLetters", reason="NOT_AN_EVENT"})') == {"fetcher": 1.0}


async def test_a_broker_that_is_away_is_told_and_then_no_more(watched: Stack) -> None:
    """
    By every service, since each is waiting for it; when it is back, all go on by themselves.
    """
    with watched.cut_off("kafka", "bus", "edge"):
        was_told = await until(lambda: firing(watched, "BrokerAway") == {*SERVICES, "linker"}, 240)
        others = firing(watched, "ServiceAway|NothingMoves|WorkersDie|MemoryHigh")

    assert was_told
    assert others == set()
    assert await until(lambda: not firing(watched, "BrokerAway"), 180)


async def test_a_service_that_is_away_is_told(watched: Stack) -> None:
    """
    Within two minutes; and no other service is said to be away.
    """
    watched.compose("stop", "cleaner")

    assert await until(lambda: "cleaner" in firing(watched, "ServiceAway"), 180)
    assert firing(watched, "ServiceAway") == {"cleaner"}
