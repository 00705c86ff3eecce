from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import typer

from services.cli.moments import moment_of, span_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T14:30", datetime(2026, 11, 20, 14, 30, tzinfo=UTC)),
        ("2026-11-20T14:30:05.5+02:00", datetime(2026, 11, 20, 12, 30, 5, 500_000, tzinfo=UTC)),
        ("2026-11-20T14:30Z", datetime(2026, 11, 20, 14, 30, tzinfo=UTC)),
        ("90s", NOW - timedelta(seconds=90)),
        ("20min", NOW - timedelta(minutes=20)),
        ("1.5h", NOW - timedelta(minutes=90)),
        ("3d", NOW - timedelta(days=3)),
        (" 1 w ", NOW - timedelta(weeks=1)),
        (None, None),
    ],
)
def test_a_moment_is_read_as_a_person_writes_it(written: str | None, moment: datetime | None) -> None:
    """
    A date, a time, or how long ago; UTC where no zone is given.
    """
    assert moment_of(written, NOW) == moment


@pytest.mark.parametrize("written", ["", "yesterday", "3 fortnights", "2026-13-01", "-1h", "99999999999d"])
def test_what_is_no_time_is_refused_with_the_forms_that_are(written: str) -> None:
    """
    Nobody has to guess.
    """
    with pytest.raises(typer.BadParameter, match="2026-11-22T14:30"):
        moment_of(written, NOW)


@pytest.mark.parametrize(("seconds", "words"), [(5.4, "5 s"), (119, "119 s"), (600, "10 min"), (9000, "2.5 h")])
def test_a_length_of_time_is_told_in_the_unit_that_fits(seconds: float, words: str) -> None:
    """
    For people.
    """
    assert span_of(seconds) == words
