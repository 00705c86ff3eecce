"""
What makes the next request conditional: what an answer says of its version, in words that can be said back to the host.
"""

from __future__ import annotations

from collections.abc import Mapping

MAX_CHARS = 500


def validators_of(headers: Mapping[str, str]) -> dict[str, str | None]:
    """
    ETag and Last-Modified of an answer, opaque as they are; None for one that is no header of ours: too long, or of
    other characters than visible ASCII and spaces.
    """
    return {"etag": _sendable(headers.get("etag")), "last_modified": _sendable(headers.get("last-modified"))}


def _sendable(value: str | None) -> str | None:
    is_sendable = value and len(value) <= MAX_CHARS and value.isascii() and value.isprintable()
    return value if is_sendable else None
