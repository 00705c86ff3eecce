from __future__ import annotations

import pytest

from schemas import topics
from services.cli.draining import Draining, InputState, show
from services.cli.flow import INPUTS, Input


def draining(*, growing: tuple[str, ...] = (), **unread: int) -> Draining:
    """
    All inputs read, but for so many records of a service's.
    """
    states = [InputState(given, unread.get(given.group, 0)) for given in INPUTS]
    return Draining(tuple(states), growing)


@pytest.mark.parametrize(
    ("found", "is_over"),
    [
        (draining(), True),
        (draining(fetcher=3), True),
        (draining(cleaner=1), False),
        (draining(tagger=1), False),
        (draining(growing=("news.fetch.frontier",)), False),
    ],
    ids=["all-read", "requests-wait", "pages-wait", "articles-wait", "still-written"],
)
def test_it_is_over_when_nothing_that_was_fetched_is_under_way(found: Draining, *, is_over: bool) -> None:
    """
    Requests that nobody has read may wait: a backup carries them.
    """
    assert found.is_over is is_over
    assert found.as_json()["drained"] is is_over


def test_what_is_left_comes_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Nobody has to know which service reads what.
    """
    show(draining(fetcher=3, cleaner=1, growing=("news.sources",)))

    told = capsys.readouterr().out
    assert "may wait: `news-ingest backup` carries it over" in told
    assert "look at the cleaner" in told
    assert "still written to: news.sources" in told
    assert told.endswith("Not drained yet.\n")


def test_what_is_read_asks_for_nothing() -> None:
    """
    Of a program's answer, too.
    """
    assert InputState(Input("tagger", topics.ARTICLE_CLEANED), 0).next_step() == ""
