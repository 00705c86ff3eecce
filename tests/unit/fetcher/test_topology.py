"""
The wiring, the settings, and that nothing depends on the process.
"""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from schemas import topics
from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.fetcher.topology import fetcher_topology
from services.runtime.errors import SettingsError

SETTINGS = FetcherSettings()

READ_A_FEED = """
from dataclasses import replace
from datetime import UTC, datetime
from schemas.parts import ListRules, Origin
from services.fetcher.answers import Answer, Fetch
from services.fetcher.responses import Fetched, interpret
from services.fetcher.robots import rules_for
from services.runtime.stage import RecordFacts
facts = RecordFacts(Origin(topic="t", partition=0, offset=0), "e", None)
items = "".join(f"<item><title>{n}</title><link>/{n}?b=1&amp;a=2</link></item>" for n in range(20))
body = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
answer = Answer("https://a.example/f", (), 200, {}, body, datetime(2026, 1, 1, tzinfo=UTC))
urls = "".join(f"<url><loc>/{n}</loc><lastmod>2025-12-{n + 10}</lastmod></url>" for n in range(20))
links = "".join(f"<link rel=alternate type=application/rss+xml href=/{n}>" for n in range(9))
for lists in (f"<urlset>{urls}</urlset>", f"<sitemapindex>{urls.replace('url>', 'sitemap>')}</sitemapindex>",
              f"<!doctype html><head>{links}</head>"):
    rules = ListRules(max_age_s=10**7, deny=["/7"], headers={"b": "1", "a": "2"})
    fetch = Fetch("https://a.example/f", facts, "feed", rules=rules)
    print(interpret(Fetched(fetch, replace(answer, body=lists.encode()))))
robots = "".join(f"User-agent: b{n}\\nUser-agent: our\\nDisallow: /{n}\\nAllow: /{n}\\n" for n in "abcdef")
print(interpret(Fetched(Fetch("https://a.example/f", facts, "feed"), answer)), rules_for(robots, "our"))
"""


def test_the_topology_reads_and_writes_what_the_contract_says() -> None:
    """
    It may write its own input, for what it finds; sources go first.
    """
    topology = fetcher_topology(SETTINGS, Client(SETTINGS))

    assert (topology.name, topology.live) == ("fetcher", topics.FETCH_REQUESTED)
    assert [(lane.topic, lane.is_urgent) for lane in topology.lanes] == [(topics.SOURCES, True)]
    assert topology.sinks == (topics.FETCH_REQUESTED, topics.PAGE_FETCHED, topics.SOURCE_HEALTH)
    assert topology.tables == (topics.FRONTIER,)


def test_what_workers_need_can_be_sent_to_them() -> None:
    """
    The work and the warming.
    """
    stage = fetcher_topology(SETTINGS, Client(SETTINGS)).stage
    work, warm = pickle.loads(pickle.dumps((stage.work, stage.warm)))
    warm()

    assert work("given") == "given"


def test_the_fingerprint_tells_settings_that_matter_from_others() -> None:
    """
    Politeness changes when something is fetched, not what comes out.
    """

    def fingerprint(**fields: object) -> str:
        settings = SETTINGS.model_copy(update=fields)
        return fetcher_topology(settings, Client(settings)).fingerprint

    assert fingerprint() == fingerprint(delay_s=9.0)
    assert fingerprint() != fingerprint(max_body_bytes=2000)


def test_settings_come_from_the_environment() -> None:
    """
    Lists are comma-separated; the product token is what robots.txt knows us by.
    """
    settings = FetcherSettings.from_environ(
        {
            "NEWS_FETCHER_ALLOWED_NETWORKS": "127.0.0.0/8, ::1/128",
            "NEWS_FETCHER_ALLOWED_PORTS": "80,443",
            "NEWS_FETCHER_USER_AGENT": "our-bot/2.0 (+https://example.org/bot)",
        }
    )

    assert settings.allowed_networks == ("127.0.0.0/8", "::1/128")
    assert settings.allowed_ports == (80, 443)
    assert settings.robots_token == "our-bot"


@pytest.mark.parametrize(
    ("name", "value"),
    [("USER_AGENT", "bot"), ("ALLOWED_NETWORKS", "everything"), ("DELAY", "1"), ("MAX_BODY_BYTES", "99999999999")],
)
def test_settings_that_do_not_fit_stop_the_start(name: str, value: str) -> None:
    """
    With the name of the variable.
    """
    with pytest.raises(SettingsError, match=name):
        FetcherSettings.from_environ({f"NEWS_FETCHER_{name}": value})


def test_the_same_input_reads_the_same_in_every_process() -> None:
    """
    Whatever the hash seed.
    """
    outputs = {
        subprocess.run(
            [sys.executable, "-c", READ_A_FEED], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(outputs) == 1
