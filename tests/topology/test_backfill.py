"""
Web archives through cleaner and tagger, in memory: what a subscriber's table holds in the end.
"""

from __future__ import annotations

import io

import pytest

from schemas.events import PageFetched
from schemas.replays import Selection
from services.cli.backfill.captures import capture_of
from services.cli.backfill.pages import Terms, page_of
from services.cli.backfill.pieces import pieces
from services.fetcher.settings import FetcherSettings
from tests.fixtures.archives import http, packed, record
from tests.topology.chain import Chain
from tests.topology.site import TITLE, URL, html

DATES = ("2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z", "2026-03-03T12:00:00Z")


def archive(titles: dict[str, str]) -> bytes:
    """
    A file with the page as it was at some times, in this order.
    """
    return packed(record("response", URL, http(html(title)), date=date) for date, title in titles.items())


def imported(chain: Chain, file: bytes) -> None:
    """
    Let the pages of a file through the services.
    """
    terms = Terms.of(FetcherSettings())
    for piece in pieces(io.BytesIO(file), 0):
        page = page_of(capture_of(piece), terms, Selection())
        assert isinstance(page, PageFetched)
        cleaned = chain.cleaner.pipe(page, event_id=page.meta.page_id)
        chain.tagger.pipe_outgoing(cleaned.records)


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 1, 0)])
def test_whatever_the_order_of_an_archive_the_newest_page_is_last(order: tuple[int, ...]) -> None:
    """
    Whoever keeps the last record of each key has the newest version, and no version ever falls.
    """
    chain = Chain()
    imported(chain, archive({DATES[number]: f"{TITLE} ({number})" for number in order}))
    versions = [article.version for article in chain.articles]

    assert chain.articles[-1].headline == f"{TITLE} (2)"
    assert versions == sorted(set(versions))


def test_a_text_that_goes_and_comes_back_is_three_events() -> None:
    """
    Each has an id of its own, though the first and the last say the same.
    """
    chain = Chain()
    imported(chain, archive(dict(zip(DATES, (TITLE, f"{TITLE}!", TITLE), strict=True))))

    assert [article.version for article in chain.articles] == [1, 2, 3]
    assert len({dict(out.headers)["ce_id"] for out in chain.records}) == 3


def test_a_file_that_is_imported_again_gives_the_same_event_again() -> None:
    """
    --again is a replay: the published page is published once more, with the id and the version that it had.
    """
    chain = Chain()
    for _ in range(2):
        imported(chain, archive({DATES[0]: TITLE}))
    [first, second] = chain.records

    assert (first.key, first.value, first.headers) == (second.key, second.value, second.headers)
