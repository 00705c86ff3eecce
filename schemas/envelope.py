"""
CloudEvents 1.0 in Kafka's binary mode: attributes in `ce_` headers, the event itself as the record's value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from schemas.base import Event, rfc3339
from schemas.topics import Topic
from schemas.trace_context import TraceContext

Header = tuple[str, bytes]
Headers = tuple[Header, ...]

SCHEMA_ROOT = "schemas/json/"
"""`ce_dataschema` is a relative URI reference into the release's published schemas."""


@dataclass(frozen=True)
class Sealed:
    """
    An event ready for the wire.
    """

    key: bytes
    value: bytes | None
    headers: Headers


def schema_name(event: type[Event]) -> str:
    """
    The file name of an event type's JSON Schema, `news.article.tagged.v1.schema.json`.
    """
    return f"{event.ce_type}.schema.json"


def seal(topic: Topic[Any], event: Event, event_id: UUID, source: str, trace: TraceContext | None = None) -> Sealed:
    """
    Turn an event into a record of its topic.

    Args:
        topic: The topic it goes to.
        event: The event.
        event_id: Its `ce_id`.
        source: The stage that made it; `ce_source` is `news-ingest/<source>`.
        trace: The step of a trace that led to it; without one, whoever reads it begins the trace that its id names.
    """
    value, own = event.to_wire()
    maker, kind, form, content = _constant(type(event), source)
    headers = (
        ("ce_specversion", b"1.0"),
        ("ce_id", str(event_id).encode()),
        maker,
        kind,
        ("ce_time", rfc3339(event.occurred_at()).encode()),
        ("ce_subject", event.subject().encode()),
        form,
        *[(f"ce_{name}", text.encode()) for name, text in event.attributes().items()],
        content,
        *([("traceparent", str(trace).encode())] if trace else []),
        *own.items(),
    )
    return Sealed(topic.key(event).encode(), value, headers)


@lru_cache(maxsize=128)
def _constant(kind: type[Event], source: str) -> tuple[Header, Header, Header, Header]:
    """
    What is the same in all events of a kind that a stage makes: source, type, schema and content type.
    """
    return (
        ("ce_source", f"news-ingest/{source}".encode()),
        ("ce_type", kind.ce_type.encode()),
        ("ce_dataschema", f"{SCHEMA_ROOT}{schema_name(kind)}".encode()),
        ("content-type", kind.content_type.encode()),
    )
