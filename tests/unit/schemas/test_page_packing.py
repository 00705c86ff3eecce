from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import article_id
from schemas.page_packing import is_at_rest, may_lead_to
from schemas.parts import Hints
from schemas.state import FrontierEntry
from tests.unit.schemas.strategies import models

URL = "https://www.paper.example/news/2026/11/22/the-dam-held-for-another-night-say-engineers"
AT = datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)
DONE: dict[str, Any] = {
    "url": URL,
    "kind": "page",
    "state": "done",
    "changed_at": AT,
    "etag": 'W/"5f3a-61"',
    "last_modified": "Sun, 22 Nov 2026 11:58:00 GMT",
    "fetched_at": AT,
    "article_id": article_id(URL),
    "request_id": "",
    "source_url": "https://www.paper.example/feed.xml",
    "hints": Hints(title="The dam held for another night, say engineers"),
    "items": ["00ff00ff00ff00ff"],
    "born_at": AT,
}

Texts = st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["https://www.paper.example", '"\\\x1e\x1f']))
Done = st.fixed_dictionaries(
    {
        "url": st.one_of(st.just(URL), st.text(max_size=12)),
        "changed_at": st.datetimes(timezones=st.just(UTC)),
        "etag": Texts,
        "last_modified": Texts,
        "fetched_at": st.sampled_from([AT, None]),
        "article_id": st.sampled_from([article_id(URL), UUID(int=3), None]),
        "request_id": st.text(max_size=3),
        "source_url": Texts,
        "hints": st.builds(Hints, title=Texts, modified=Texts, author=st.sampled_from([None, "A"])),
        "items": st.sampled_from([["00ff00ff00ff00ff"], [], ["another"]]),
        "reason": st.sampled_from([None, "REDIRECTED"]),
    }
).map(lambda fields: FrontierEntry(**{**DONE, **fields}))


@given(st.one_of(Done, models(FrontierEntry)), st.booleans())
def test_whatever_is_packed_is_the_same_again(entry: FrontierEntry, is_own_key: bool) -> None:
    """
    Whatever a text holds, of a page of any state, of anything that is no page, and under a key that is not its own.
    """
    key = entry.url if is_own_key else "https://b.example/"

    assert FrontierEntry.unpacked(key, entry.packed(key)) == entry


def test_a_finished_page_takes_little_beside_its_title() -> None:
    """
    Its URL is the key; its article is known by that.
    """
    entry = FrontierEntry(**DONE)
    packed = entry.packed(URL)

    assert is_at_rest(packed)
    assert len(packed) < len(entry.hints.title or "") + 100


@pytest.mark.parametrize("odd", [{"due_at": AT}, {"state": "waiting"}, {"attempts": 1}, {"article_id": None}])
def test_what_is_not_at_rest_is_told_apart(odd: dict[str, Any]) -> None:
    """
    For it has to be known at the start.
    """
    entry = FrontierEntry(**{**DONE, **odd})

    assert not is_at_rest(entry.packed(URL))


@pytest.mark.parametrize("wire", [b"", b"{}", b"\1", b"\3", b"no event"])
def test_what_is_no_event_is_refused(wire: bytes) -> None:
    """
    By who keeps it, or by who reads it.
    """
    with pytest.raises(ValueError, match=r"no JSON object|validation error"):
        FrontierEntry.unpacked(URL, FrontierEntry.kept(URL, wire))


@pytest.mark.parametrize("more", [{}, {"due_at": AT}, {"request_id": "x", "origin": None}])
def test_the_article_of_another_url_is_seen_in_what_is_kept(more: dict[str, Any]) -> None:
    """
    At rest, under way, and as it is on the wire; that of the page's own URL need not be looked for.
    """
    entry = FrontierEntry(**{**DONE, "article_id": UUID(int=3), **more})

    assert may_lead_to(entry.packed(URL), str(UUID(int=3)))
    assert may_lead_to(entry.to_wire()[0], str(UUID(int=3)))
    assert not may_lead_to(entry.packed(URL), str(UUID(int=4)))
    assert not may_lead_to(FrontierEntry(**DONE).packed(URL), str(UUID(int=3)))
