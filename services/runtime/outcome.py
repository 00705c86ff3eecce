"""
The ends that an input can have, as values. A result that the domain expects is an outcome, never an exception.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from schemas.base import Event
from schemas.topics import Topic


@dataclass(frozen=True)
class Emission:
    """
    One event for one of the declared sinks. Without an id of its own the runtime derives one from the input's.

    Attributes:
        topic: Where it goes.
        event: What is told.
        event_id: Its id, where the stage knows a better one.
        depends_on: Digest of remembered facts that it was made with, if any; part of the derived id.
    """

    topic: Topic[Any]
    event: Event
    event_id: UUID | None = None
    depends_on: str = ""


@dataclass(frozen=True)
class Change:
    """
    A change of a table: a new value for a key, or none, which deletes it.
    """

    topic: Topic[Any]
    key: str
    value: Event | None


@dataclass(frozen=True)
class Emit:
    """
    The input led to events, to a change of what is remembered, or to both.
    """

    events: tuple[Emission, ...] = ()
    changes: tuple[Change, ...] = ()
    reason: str = "EMITTED"


@dataclass(frozen=True)
class Drop:
    """
    An expected end without an event: counted by its reason, never retried.
    """

    reason: str
    detail: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class DeadLetter:
    """
    What could not be handled. The input's own bytes are kept, unless `original` holds what really arrived.

    Attributes:
        reason: A stable code, e.g. `BODY_TOO_LARGE`.
        original: The bytes to keep in place of the input's, e.g. the start of an answer that was too large.
        declared_bytes: How long the sender said it was, where it was not read to its end.
        asked: What had been asked for, where `original` is what came: by it the letter can be driven again.
    """

    reason: str
    detail: str = ""
    exception: str | None = None
    attempts: int = 1
    original: bytes | None = None
    declared_bytes: int | None = None
    asked: bytes | None = None
    changes: tuple[Change, ...] = ()


Outcome = Emit | Drop | DeadLetter
