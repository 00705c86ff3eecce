"""
The pauses that hosts are owed, as the hosts themselves see them.
"""

from __future__ import annotations

import os

import pytest

from services.runtime.settings import KafkaSettings
from tests.kafka.crowd import HOSTS, watch
from tests.kafka.fleet import Fleet

PAGES, SECONDS, SEED = 10, float(os.environ.get("GAP_SECONDS", "45")), int(os.environ.get("GAP_SEED", "1"))


@pytest.mark.e2e
async def test_three_replicas_that_are_killed_and_frozen_ask_each_host_politely_and_for_nothing_twice(
    kafka: KafkaSettings, fleet: Fleet
) -> None:
    """
    Fifty hosts, each with a feed, a fifth with a Crawl-delay, some with a Retry-After, and fetchers that are killed,
    frozen and restarted. By the hosts' own logs no request comes too soon, and never two at once; all pages come; what
    was answered is asked for again once at most for each kill or freeze, and host.
    """
    report = await watch(kafka, fleet, pages=PAGES, seconds=SECONDS, seed=SEED)

    assert report.kills + report.freezes > 0
    assert report.breaches == [], f"seed {SEED}"
    assert report.overlaps == 0
    assert report.is_kept, report
    assert report.pages == len(HOSTS) * PAGES
