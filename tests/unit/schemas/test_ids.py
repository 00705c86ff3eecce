from __future__ import annotations

from datetime import timedelta, timezone
from uuid import UUID

import pytest

from schemas import ids
from tests.unit.schemas.samples import FETCHED_AT

URL = "https://example.org/news/1"

INPUT_ID = "00000000-0000-5000-8000-000000000001"


@pytest.mark.parametrize(
    ("made", "golden"),
    [
        (ids.article_id(URL), "83feb107-967e-5eda-9875-0a20054be5d2"),
        (ids.page_id(URL, FETCHED_AT, ids.sha256_hex(b"x")), "a43033fc-ff4f-533b-95cf-b9c4239be8f8"),
        (ids.request_id("cause", URL), "df759cd3-3981-5ea7-b6af-d0a52b5703b1"),
        (
            ids.derived_id(INPUT_ID, "cleaner", "0123456789abcdef", "news.article.cleaned"),
            "c9588053-5e10-5dfb-a67e-183e8a324281",
        ),
        (ids.state_id("news.sources", "k", b"v"), "cf2218d5-4bd3-5038-ad8f-2af11b40e3d5"),
    ],
)
def test_ids_never_change(made: UUID, golden: str) -> None:
    """
    A replay years later gives the ids of today: another value here breaks every deduplication downstream.
    """
    assert str(made) == golden


def test_http_and_https_are_one_article() -> None:
    """
    The scheme has no say in what an article is; host, path and query have.
    """
    assert ids.article_id("http://example.org/news/1") == ids.article_id(URL)
    assert ids.article_id("https://example.org/news/2") != ids.article_id(URL)


def test_a_page_id_depends_on_the_instant_not_on_how_it_is_written() -> None:
    """
    The same instant in another zone, or beyond milliseconds, gives the same id; a later one another.
    """
    elsewhere = FETCHED_AT.astimezone(timezone(timedelta(hours=9))) + timedelta(microseconds=999)

    assert ids.page_id(URL, elsewhere, "00") == ids.page_id(URL, FETCHED_AT, "00")
    assert ids.page_id(URL, FETCHED_AT + timedelta(milliseconds=1), "00") != ids.page_id(URL, FETCHED_AT, "00")


def test_the_parts_of_a_name_do_not_run_together() -> None:
    """
    What one part ends with cannot be taken for what the next begins with.
    """
    assert ids.request_id("ab", "c") != ids.request_id("a", "bc")


def test_a_fingerprint_is_stable_and_heeds_no_order() -> None:
    """
    A fingerprint is a golden value, whatever the order in which libraries and data are told.
    """
    one = ids.fingerprint(1, {"b": "2", "a": "1"}, ["y", "x"], "{}")
    other = ids.fingerprint(1, {"a": "1", "b": "2"}, ["x", "y"], "{}")

    assert one == other == "67e7c43a628ee0b5"


@pytest.mark.parametrize(
    "changed",
    [
        ids.fingerprint(2, {"a": "1"}, ["x"], "{}"),
        ids.fingerprint(1, {"a": "2"}, ["x"], "{}"),
        ids.fingerprint(1, {"a": "1"}, ["y"], "{}"),
        ids.fingerprint(1, {"a": "1"}, ["x"], '{"min_chars": 1}'),
    ],
)
def test_a_fingerprint_changes_with_whatever_outcomes_depend_on(changed: str) -> None:
    """
    Generation, library, data and settings each have their say.
    """
    assert changed != ids.fingerprint(1, {"a": "1"}, ["x"], "{}")
