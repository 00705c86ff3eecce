"""
Identity: every id is a pure function of what it names, so that a replay gives the same ids again.

UUIDv5 (RFC 9562) in one namespace of this project; the parts of a name are joined by a line feed, which no URL,
topic name or digest contains.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from schemas.base import rfc3339

NAMESPACE = UUID("6f0e6a3c-9a3d-5c8e-8b57-2f6d0f5f6a11")
_NAMESPACE = NAMESPACE.bytes


def sha256_hex(data: bytes) -> str:
    """
    The SHA-256 of some bytes in lower-case hexadecimal.
    """
    return hashlib.sha256(data).hexdigest()


def _bytes(kind: str, *parts: str) -> bytes:
    # uuid.uuid5 does the same in five times the time; millions are made at a start.
    name = "\n".join((kind, *parts)).encode()
    made = bytearray(hashlib.sha1(_NAMESPACE + name, usedforsecurity=False).digest()[:16])
    made[6] = made[6] & 0x0F | 0x50  # version 5
    made[8] = made[8] & 0x3F | 0x80  # the variant of RFC 9562
    return bytes(made)


def _id(kind: str, *parts: str) -> UUID:
    return UUID(bytes=_bytes(kind, *parts))


def article_id(normalised_url: str) -> UUID:
    """
    The id of the article at a normalised URL. The scheme is dropped: http and https are one article.
    """
    return UUID(bytes=article_bytes(normalised_url))


def article_bytes(normalised_url: str) -> bytes:
    """
    The 16 bytes of that id, for who compares very many.
    """
    return _bytes("article", normalised_url.partition("://")[2] or normalised_url)


def page_id(request_url: str, fetched_at: datetime, body_sha256: str) -> UUID:
    """
    The id of one page as delivered once: who was asked, when (in milliseconds), and what came.
    """
    return _id("page", request_url, rfc3339(fetched_at), body_sha256)


def request_id(cause: str, url: str) -> UUID:
    """
    The id of a request for a URL; `cause` is the id of the event that led to it, or the time at which a person asked.
    """
    return _id("request", cause, url)


def derived_id(input_id: str, stage: str, fingerprint: str, topic: str) -> UUID:
    """
    The id of what a stage made of an input event.
    """
    return _id("derived", input_id, stage, fingerprint, topic)


def text_group_id(first_article_id: UUID) -> UUID:
    """
    The id of the group of articles that have the text of one, which came first.
    """
    return _id("text", str(first_article_id))


def story_id(article_id: UUID, cause: str) -> UUID:
    """
    The id of the story that begins with an article; `cause` is the id of the event that led to it.
    """
    return _id("story", str(article_id), cause)


def state_id(topic: str, key: str, value: bytes) -> UUID:
    """
    The id of a table record: its key and its content.
    """
    return _id("state", topic, key, sha256_hex(value))


def fingerprint(generation: int, libraries: Mapping[str, str], data: Iterable[str], settings: str) -> str:
    """
    What a stage's outcomes depend on besides its input, as 16 hexadecimal digits.

    Args:
        generation: Raised by each release that changes outcomes.
        libraries: Locked versions of the libraries that take part.
        data: Digests of models and data files that take part, in any order.
        settings: The settings that matter to outcomes, as canonical JSON.
    """
    parts = [str(generation), *(f"{name}=={libraries[name]}" for name in sorted(libraries)), *sorted(data), settings]
    return sha256_hex("\n".join(parts).encode())[:16]
