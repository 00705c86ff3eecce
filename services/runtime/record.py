"""
Records as they come from Kafka and as they go to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.parts import Origin


@dataclass(frozen=True)
class Record:
    """
    A record that was read. `timestamp` is the broker's (LogAppendTime), UTC.
    """

    topic: str
    partition: int
    offset: int
    timestamp: datetime
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def origin(self) -> Origin:
        """
        Where it lies.
        """
        return Origin(topic=self.topic, partition=self.partition, offset=self.offset)

    @property
    def size(self) -> int:
        """
        Bytes that it holds in memory, about.
        """
        return len(self.key or b"") + len(self.value or b"") + sum(len(value) for value in self.headers.values())

    def header(self, name: str) -> str | None:
        """
        A header as text, where it is there and is text.
        """
        raw = self.headers.get(name)
        return None if raw is None else raw.decode(errors="replace")


@dataclass(frozen=True)
class Outgoing:
    """
    A record to be written. Without a value it is a tombstone.
    """

    topic: str
    partition: int
    key: bytes
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def size(self) -> int:
        """
        Bytes that it takes, about.
        """
        return len(self.key) + len(self.value or b"") + sum([len(value) for _, value in self.headers])
