from __future__ import annotations

import hashlib
from typing import Any

from schemas.dead_letters import KEPT_BYTES, DeadLettered, Letter, measure
from schemas.events import MAX_BODY_BYTES
from schemas.parts import Origin
from tests.unit.schemas import samples


def letter(**fields: Any) -> Letter:
    """
    A letter about a record of the page topic.
    """
    known: dict[str, Any] = {
        "reason": "UNDECODABLE",
        "stage": "cleaner",
        "subject": "https://example.org/news/1",
        "origin": Origin(topic="news.page.fetched", partition=3, offset=42),
        "origin_timestamp": samples.FETCHED_AT,
        "original_bytes": 1,
        "original_sha256": "00",
    }
    return Letter(**known | fields)


def test_an_original_up_to_the_limit_is_kept_whole() -> None:
    """
    A page of the largest size can be driven again from its dead letter.
    """
    original = b"." * MAX_BODY_BYTES

    kept, facts = measure(original)

    assert kept == original
    assert facts == {
        "original_bytes": MAX_BODY_BYTES,
        "original_sha256": hashlib.sha256(original).hexdigest(),
        "is_cut": False,
    }


def test_of_an_original_above_the_limit_the_start_is_kept() -> None:
    """
    One byte more, and 64 KiB are kept beside the length and the hash of the whole.
    """
    original = bytes(range(256)) * (MAX_BODY_BYTES // 256) + b"!"

    kept, facts = measure(original)

    assert kept == original[:KEPT_BYTES]
    assert len(kept) == 64 * 1024
    assert facts == {
        "original_bytes": MAX_BODY_BYTES + 1,
        "original_sha256": hashlib.sha256(original).hexdigest(),
        "is_cut": True,
    }


def test_an_empty_original_is_measured_too() -> None:
    """
    A record without a value has a dead letter of no bytes.
    """
    kept, facts = measure(b"")

    assert kept == b""
    assert facts["original_bytes"] == 0
    assert not facts["is_cut"]


def test_a_dead_letter_carries_the_original_and_its_headers() -> None:
    """
    The value is the original, its headers stand beside under a prefix, so that it can be driven again as it was.
    """
    dead = DeadLettered(letter=letter(), original=b"\x00\xff", original_headers={"ce_id": b"7", "original_x": b"y"})

    value, headers = dead.to_wire()

    assert value == b"\x00\xff"
    assert headers["original_ce_id"] == b"7"
    assert DeadLettered.from_wire(value, headers) == dead


def test_a_dead_letter_can_be_filtered_by_reason_and_stage() -> None:
    """
    Both are attributes of the envelope.
    """
    dead = DeadLettered(letter=letter(), original=b"")

    assert dead.attributes() == {"reason": "UNDECODABLE", "stage": "cleaner"}
    assert dead.occurred_at() == samples.FETCHED_AT
    assert dead.subject() == "https://example.org/news/1"
