"""
A status on one screen.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.cli.status.facts import Latency, Letters, ServiceState, Status, Trouble
from services.cli.status.screen import SHOWN_CAUSES, SHOWN_SOURCES, show

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def shown(capsys: pytest.CaptureFixture[str], **given: object) -> str:
    services = (ServiceState("tagger", 2, 12.5, 700, 7, replays=3, oldest_s=4.0),)
    show(Status("kafka:9092", NOW, services, **given))  # type: ignore[arg-type]
    return capsys.readouterr().out


def test_one_screen_says_how_all_is_doing(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Rates, lag, latency, sources, dead letters.
    """
    told = shown(
        capsys,
        latency=(Latency("fetched", 40, 0.8, 300.0, 600.0),),
        sources=12,
        paused=1,
        troubles=(Trouble("https://news.example.org/feed", "silent", NOW, "SILENT"),),
        letters=Letters(9, {"cleaner WORK_TIMEOUT": 3}),
    )

    assert "news-ingest on Kafka at kafka:9092, 2026-01-01 12:00 UTC" in told
    assert "tagger   2          12.5      700        7 and 3 of replays  4.0 s" in told
    assert "fetched      0.8 s  5 min  10 min  40" in told
    assert "12 sources watched, 1 paused, 1 silent" in told
    assert "silent  2026-01-01 12:00  SILENT  https://news.example.org/feed" in told
    assert "dead letters, last day, the newest 3 of 9" in told
    assert "! Dead letters in the last day: 9.\n    next: docs/runbook.md#deadletters" in told


def test_all_is_well_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """
    No remark is an answer too.
    """
    assert shown(capsys, sources=3).endswith("3 sources watched, all well\n\nAll is well.\n")


def test_it_stays_one_screen(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Of many sources and reasons the first are shown, and how many more there are.
    """
    many = tuple(Trouble(f"https://{number}.example", "failing", NOW, "GONE") for number in range(SHOWN_SOURCES + 30))
    causes = {f"cleaner REASON_{number}": 1 for number in range(SHOWN_CAUSES + 5)}
    told = shown(capsys, sources=60, troubles=many, letters=Letters(len(causes), causes))

    assert len(told.splitlines()) < 40
    assert "and 30 more: --json has all" in told
    assert "and 5 more: --json has all" in told


def test_what_a_source_says_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Addresses come from the web.
    """
    told = shown(capsys, sources=1, troubles=(Trouble("https://a.example/\x1b[2J", "failing", NOW, "GONE"),))

    assert "\x1b" not in told
