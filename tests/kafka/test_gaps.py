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
async def test_the_pause_of_a_host_holds_with_three_replicas_that_are_killed(
    kafka: KafkaSettings, fleet: Fleet
) -> None:
    """
    Fifty hosts, a fifth with a Crawl-delay, some with a Retry-After: no request too soon, never two at once, by the
    hosts' own logs, while fetchers are killed and restarted; and all pages come.
    """
    report = await watch(kafka, fleet, pages=PAGES, seconds=SECONDS, seed=SEED)

    assert report.kills > 0
    assert report.breaches == [], f"seed {SEED}"
    assert report.overlaps == 0
    assert report.pages == len(HOSTS) * PAGES
