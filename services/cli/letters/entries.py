"""
The letters that stand, and which of them are wanted. A letter stands until its key has a tombstone, or a later letter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from schemas.base import rfc3339
from schemas.dead_letters import LETTER_HEADER, Letter
from services.runtime.record import Record

SHOWN_KINDS = 5


@dataclass(frozen=True)
class Entry:
    """
    A letter without its original, and where it lies.
    """

    key: str
    partition: int
    offset: int
    buried_at: datetime
    kept_bytes: int
    letter: Letter

    @property
    def host(self) -> str:
        """
        The host that it is about; empty where no URL is known.
        """
        try:
            return urlsplit(self.letter.subject).hostname or ""
        except ValueError:
            return ""

    def as_json(self) -> dict[str, Any]:
        """
        The same for a program.
        """
        told = self.letter.model_dump(mode="json", by_alias=True, exclude_none=True)
        return {"key": self.key, "buriedAt": rfc3339(self.buried_at), "keptBytes": self.kept_bytes, **told}


def entry_of(record: Record) -> Entry:
    """
    Read a letter's header.

    Raises:
        ValueError: It is no letter.
    """
    header = record.headers.get(LETTER_HEADER)
    if header is None:
        raise ValueError(f"header {LETTER_HEADER!r} is missing")
    return Entry(
        key=(record.key or b"").decode(),
        partition=record.partition,
        offset=record.offset,
        buried_at=record.timestamp,
        kept_bytes=len(record.value or b""),
        letter=Letter.model_validate_json(header),
    )


@dataclass(frozen=True)
class Wanted:
    """
    Which letters are meant; what is empty means all. A host stands for those below it too.
    """

    keys: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_everything(self) -> bool:
        """
        Whether nothing narrows it.
        """
        return self == Wanted()

    def refusal(self, entry: Entry) -> str | None:
        """
        The option that a letter does not fit; None when it is wanted.
        """
        letter = entry.letter
        refused = {
            "KEY": bool(self.keys) and entry.key not in self.keys,
            "--stage": bool(self.stages) and letter.stage not in self.stages,
            "--reason": bool(self.reasons) and letter.reason not in self.reasons,
            "--host": bool(self.hosts) and not any(_is_below(entry.host, host) for host in self.hosts),
            "--from": self.since is not None and entry.buried_at < self.since,
            "--to": self.until is not None and entry.buried_at >= self.until,
        }
        return next((option for option, is_so in refused.items() if is_so), None)


def _is_below(host: str, parent: str) -> bool:
    return host == parent or host.endswith(f".{parent}")


@dataclass
class Index:
    """
    What a scan has found so far; of letters that are not wanted only why.

    Attributes:
        settled: Keys that were retried or purged.
        strange: Records that are no letters.
    """

    wanted: Wanted
    found: dict[str, Entry] = field(default_factory=dict)
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    strange: int = 0

    def take(self, record: Record) -> None:
        """
        Take the next record of a partition into account.
        """
        key = (record.key or b"").decode(errors="replace")
        if not key:
            return  # the mark of a transaction that was taken over
        self.found.pop(key, None)
        self.refused.pop(key, None)
        if record.value is None:
            self.settled.add(key)
            return
        self.settled.discard(key)
        try:
            entry = entry_of(record)
        except ValueError:
            self.strange += 1
            return
        refusal = self.wanted.refusal(entry)
        if refusal is None:
            self.found[key] = entry
        else:
            self.refused[key] = (refusal, f"{entry.letter.stage} {entry.letter.reason}")

    def chosen(self) -> list[Entry]:
        """
        The wanted letters, the oldest first.
        """
        return sorted(self.found.values(), key=lambda entry: (entry.buried_at, entry.partition, entry.offset))

    def why_nothing(self) -> str:
        """
        Why no letter was found, in words.
        """
        if self.wanted.keys and self.wanted.keys <= self.settled:
            return "It was retried or purged already: nothing is left to do."
        after = f" since {rfc3339(self.wanted.since)}" if self.wanted.since else ""
        past = f"; {_letters(len(self.settled))} retried or purged" if self.settled else ""
        if not self.refused:
            return f"No dead letter stands{after}{past}."
        if {option for option, _ in self.refused.values()} == {"KEY"}:
            return "No letter of that name stands: `news-ingest dlq list` shows those that do."
        by_option = _ranked(option for option, _ in self.refused.values())
        why = ", ".join(f"{count} refused by {option}" for option, count in by_option)
        kinds = _ranked(kind for _, kind in self.refused.values())
        there = ", ".join(f"{kind} {count}" for kind, count in kinds[:SHOWN_KINDS])
        return f"{_letters(len(self.refused))} read{after}, {why}{past}. There are: {there}."

    def counts(self) -> list[tuple[str, int]]:
        """
        The wanted letters by stage and reason, the most frequent first.
        """
        return _ranked(f"{entry.letter.stage} {entry.letter.reason}" for entry in self.found.values())


def _ranked(names: Iterable[str]) -> list[tuple[str, int]]:
    """
    Names with how often they are there; equal counts in alphabetical order, for partitions are read in any.
    """
    return sorted(Counter(names).items(), key=lambda counted: (-counted[1], counted[0]))


def _letters(count: int) -> str:
    return f"{count} letter{'' if count == 1 else 's'}"
