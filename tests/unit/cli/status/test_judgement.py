"""
What is said about a status.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.cli.status.facts import Letters, ServiceState, Status, Trouble
from services.cli.status.judgement import remarks, span

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def status(fetched: int = 60, cleaned: int = 50, tagged: int = 50, **given: object) -> Status:
    written = {"fetcher": fetched, "cleaner": cleaned, "tagger": tagged}
    services = tuple(ServiceState(name, 1, count / 60, count, 0) for name, count in written.items())
    return replace(Status("kafka:9092", NOW, services, sources=4), **given)  # type: ignore[arg-type]


def but(found: Status, name: str, **given: object) -> Status:
    """
    The same, with one service as stated.
    """
    services = tuple(replace(s, **given) if s.name == name else s for s in found.services)  # type: ignore[arg-type]
    return replace(found, services=services)


def failing(count: int) -> tuple[Trouble, ...]:
    return tuple(Trouble(f"https://{number}.example", "failing", NOW, "HTTP_503") for number in range(count))


def test_nothing_is_said_when_all_is_well() -> None:
    """
    Also where a little waits.
    """
    assert remarks(but(status(), "cleaner", behind=3, oldest_s=2.0)) == []


def test_a_service_that_does_not_run_is_a_fault() -> None:
    """
    With what waits for it; one that could not be asked is none.
    """
    [told] = remarks(but(but(status(), "cleaner", processes=0, behind=12, oldest_s=5000.0), "tagger", processes=None))

    assert told.is_fault
    assert told.text == "No cleaner runs. Records that wait for it: 12."


def test_a_record_that_waits_for_long_is_a_fault() -> None:
    """
    From the quarter of an hour on from which the alert is raised.
    """
    [told] = remarks(but(status(), "tagger", behind=1, oldest_s=901.0))

    assert told.is_fault
    assert "the tagger is behind" in told.text.lower()
    assert "15 min" in told.text


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (status(0, 0, 0, sources=0), "nothing is watched"),
        (status(0, 0, 0, paused=4), "all sources are paused"),
        (status(0, 0, 0), "no page was fetched"),
        (status(9, 0, 0), "the cleaner took 9 records of the fetcher, and wrote none"),
        (status(9, 5, 0), "the tagger took 5 records of the cleaner, and wrote none"),
        (but(status(9, 0, 0), "cleaner", behind=7), "7 records wait for the cleaner"),
        (status(9, 5, 0, sources=0), "the tagger took 5 records of the cleaner, and wrote none"),
    ],
)
def test_no_article_explains_itself(found: Status, why: str) -> None:
    """
    By where the stream ends.
    """
    [told] = remarks(found)

    assert told.text.startswith("No article in the last hour: ")
    assert why in told.text
    assert told.next_step


def test_sources_that_all_fail_are_a_fault() -> None:
    """
    Rather our way to the web than all of theirs; paused ones are not asked.
    """
    told = remarks(status(0, 0, 0, troubles=failing(3), paused=1))

    assert [remark.is_fault for remark in told] == [True, False]
    assert "every source fails" in told[0].text


def test_what_is_wrong_comes_first() -> None:
    """
    Before what is worth a look.
    """
    told = remarks(
        but(status(troubles=failing(1), letters=Letters(2, {"cleaner WORK_TIMEOUT": 2})), "tagger", processes=0)
    )

    assert [remark.is_fault for remark in told] == [True, False, False]
    assert [remark.text for remark in told[1:]] == [
        "Sources that are not well: 1 failing.",
        "Dead letters in the last day: 2.",
    ]


@pytest.mark.parametrize(("seconds", "told"), [(0.84, "0.8 s"), (300, "5 min"), (7200, "2 h"), (86400 * 3, "3 days")])
def test_a_length_of_time_is_told_as_a_person_would(seconds: float, told: str) -> None:
    """
    In the unit that fits.
    """
    assert span(seconds) == told
