from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.packing import CHANGEABLE, DIGESTED
from schemas.state import LedgerEntry

FIELDS: dict[str, Any] = {
    "article_id": UUID(int=7),
    "url": "https://paper.example/story",
    "version": 2,
    "page_id": UUID(int=1),
    "revised_at": datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC),
    "generation": 4,
    "published_page_id": UUID(int=1),
    "field_digests": dict.fromkeys(DIGESTED, "00ff00ff00ff00ff"),
    "sketch": list(range(64)),
}
KEY = str(UUID(int=7))

Entries = st.fixed_dictionaries(
    {
        "article_id": st.just(UUID(int=7)),
        "url": st.text(max_size=30),
        "version": st.sampled_from([1, 2, 1 << 20]),
        "pub_status": st.sampled_from(["usable", "corrected", "withdrawn"]),
        "page_id": st.sampled_from([UUID(int=1), UUID(int=2)]),
        "revised_at": st.datetimes(timezones=st.just(UTC)),
        "generation": st.sampled_from([-1, 4, 1 << 20]),
        "published_page_id": st.sampled_from([UUID(int=1), UUID(int=2)]),
        "field_digests": st.sampled_from(
            [{}, FIELDS["field_digests"], {"headline": "ff"}, dict.fromkeys(DIGESTED, "text")]
        ),
        "sketch": st.sampled_from([[], [1, 2], list(range(64)), list(range(300)), [1 << 48]]),
        "changed_fields": st.lists(st.sampled_from([*CHANGEABLE, "another"]), max_size=3),
        "change_ratio": st.sampled_from([None, 0.0, 0.0833, 1.0, 0.123456, 13.0]),
        "is_thin": st.booleans(),
        "known_on": st.sampled_from([None, datetime(2026, 3, 1, tzinfo=UTC), datetime(1969, 1, 1, tzinfo=UTC)]),
    }
).map(lambda fields: LedgerEntry(**fields))


@given(Entries, st.sampled_from([KEY, str(UUID(int=8)), "another key"]))
def test_whatever_is_packed_is_the_same_again(entry: LedgerEntry, key: str) -> None:
    """
    Also what is of no usual form, and what lies under a key of another kind.
    """
    assert LedgerEntry.unpacked(key, entry.packed(key)) == entry


def test_an_entry_packed_is_a_third_of_what_is_on_the_wire() -> None:
    """
    Sketch and all, and a thin one well below 150 bytes.
    """
    entry = LedgerEntry(**FIELDS)
    thin = entry.model_copy(update={"sketch": [], "is_thin": True})

    assert len(entry.packed(KEY)) < 360
    assert len(thin.packed(KEY)) < 110


@pytest.mark.parametrize(
    "odd",
    [
        {"field_digests": {"headline": "00ff00ff00ff00ff"}},
        {"sketch": [1 << 48]},
        {"changed_fields": ["author", "headline"]},
        {"change_ratio": 0.123456},
        {"known_on": datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=1)},
    ],
)
def test_what_does_not_fit_is_kept_as_on_the_wire(odd: dict[str, Any]) -> None:
    """
    Rather larger than lost.
    """
    entry = LedgerEntry(**{**FIELDS, **odd})

    assert entry.packed(KEY) == entry.to_wire()[0]
