"""
The cleaner's wiring.
"""

import pickle
from collections.abc import Callable

import pytest

from schemas import topics
from schemas.events import PageFetched
from services.cleaner.settings import CleanerSettings
from services.cleaner.sites.site_lines import KnownLines
from services.cleaner.topology import cleaner_topology
from services.runtime.errors import SettingsError


def test_the_cleaner_reads_pages_and_writes_articles() -> None:
    """
    Its replay lane gives way to live pages.
    """
    topology = cleaner_topology(CleanerSettings())

    assert topology.live is topics.PAGE_FETCHED
    assert [(lane.topic, lane.is_urgent) for lane in topology.lanes] == [(topics.PAGE_REPLAY, False)]
    assert topology.sinks == (topics.ARTICLE_CLEANED,)
    assert topology.tables == (topics.SITE_LINES, topics.SOURCE_HEALTH)


def test_its_work_can_be_sent_to_a_worker_process(
    make_page: Callable[..., PageFetched], html: Callable[..., str]
) -> None:
    """
    And does there what it does here.
    """
    work = cleaner_topology(CleanerSettings()).stage.work
    page = make_page(html())

    lines = KnownLines("digest", {b"12345678": 50})

    there = pickle.loads(pickle.dumps(work))(*pickle.loads(pickle.dumps((page, lines))))

    assert pickle.loads(pickle.dumps(there)) == work(page, lines)
    assert [emission.depends_on for emission in there.outcome.events] == ["digest"]


def test_a_setting_that_changes_outcomes_changes_the_fingerprint() -> None:
    """
    And the same settings give the same one.
    """
    first = cleaner_topology(CleanerSettings()).fingerprint

    assert first == cleaner_topology(CleanerSettings()).fingerprint
    assert first != cleaner_topology(CleanerSettings(min_chars=10)).fingerprint
    assert first != cleaner_topology(CleanerSettings(site_lines_kept=("example.org",))).fingerprint


def test_a_mistyped_variable_stops_the_start() -> None:
    """
    With its name.
    """
    with pytest.raises(SettingsError, match=r"NEWS_CLEANER_MIN_CHAR\b"):
        CleanerSettings.from_environ({"NEWS_CLEANER_MIN_CHAR": "9"})
