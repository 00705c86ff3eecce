"""
The dead letter: what could not be handled, with its bytes and its reason, so that it can be driven again later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from pydantic import Field

from schemas.base import Event, Instant, Part
from schemas.events import MAX_BODY_BYTES
from schemas.ids import sha256_hex
from schemas.parts import Origin

KEPT_BYTES = 64 * 1024
"""What is kept of an original above `MAX_BODY_BYTES`, beside its hash and length."""

LETTER_HEADER = "dead_letter"

ASKED_HEADER = "asked"
"""Among the original's headers, where the original is an answer: what had been asked for."""


class Letter(Part):
    """
    Why, where and after how much; the `dead_letter` header.
    """

    reason: str = Field(description="stable code, e.g. BODY_TOO_LARGE")
    detail: str = ""
    stage: str
    subject: str = Field(description="URL, where one is known, else the origin")
    origin: Origin
    origin_key: str | None = None
    origin_timestamp: Instant
    exception: str | None = Field(None, description="class and message, with the end of the trace")
    attempts: int = Field(1, ge=1)
    original_bytes: int = Field(ge=0, description="length of the original, as far as it was read")
    original_sha256: str = Field(description="of the original, as far as it was read")
    is_cut: bool = Field(default=False, description="the value holds only the first 64 KiB")
    declared_bytes: int | None = Field(
        None, description="length that the sender declared, where it was not read to its end"
    )


class DeadLettered(Event):
    """
    The record on `news.dead-letters`: the value is the original, with the headers it came with.
    """

    ce_type: ClassVar[str] = "news.dead-lettered.v1"
    content_type: ClassVar[str] = "application/octet-stream"

    letter: Letter
    original: bytes
    original_headers: dict[str, bytes] = Field(default_factory=dict)

    def occurred_at(self) -> datetime:
        return self.letter.origin_timestamp

    def subject(self) -> str:
        return self.letter.subject

    def attributes(self) -> Mapping[str, str]:
        return {"reason": self.letter.reason, "stage": self.letter.stage}

    def to_wire(self) -> tuple[bytes, dict[str, bytes]]:
        kept = {f"original_{name}": value for name, value in self.original_headers.items()}
        return self.original, {LETTER_HEADER: self.letter.to_json(), **kept}

    @classmethod
    def from_wire(cls, value: bytes, headers: Mapping[str, bytes]) -> Self:
        if LETTER_HEADER not in headers:
            raise ValueError(f"header {LETTER_HEADER!r} is missing")
        kept = {k.removeprefix("original_"): v for k, v in headers.items() if k.startswith("original_")}
        return cls(letter=Letter.model_validate_json(headers[LETTER_HEADER]), original=value, original_headers=kept)

    @classmethod
    def wire_schema(cls) -> dict[str, Any]:
        return Letter.model_json_schema(by_alias=True, mode="serialization")


def measure(original: bytes) -> tuple[bytes, dict[str, Any]]:
    """
    Cut an original to what is kept, and tell its length and hash as `Letter` fields.
    """
    is_cut = len(original) > MAX_BODY_BYTES
    facts = {"original_bytes": len(original), "original_sha256": sha256_hex(original), "is_cut": is_cut}
    return (original[:KEPT_BYTES] if is_cut else original), facts
