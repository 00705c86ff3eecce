"""
What is not well about a status, and what to do next: pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.cli.status.facts import ServiceState, Status

_WAY = ("fetcher", "cleaner", "tagger")
"""What an article goes through; of the last one comes none if there are none."""

LATE_S = 900.0
"""A record that waits so long is late: the alert InputWaits has the same bound."""


@dataclass(frozen=True)
class Remark:
    """
    Something that a person should know.

    Attributes:
        is_fault: It keeps articles from coming; else it is worth a look.
    """

    text: str
    next_step: str
    is_fault: bool = False

    def as_json(self) -> dict[str, Any]:
        """
        The same for a program.
        """
        return {"text": self.text, "nextStep": self.next_step, "isFault": self.is_fault}


def remarks(status: Status) -> list[Remark]:
    """
    All there is to say, what is wrong first.
    """
    found = [*_away(status), *_late(status), *_nothing(status), *_sources(status), *_letters(status)]
    return sorted(found, key=lambda remark: not remark.is_fault)


def _away(status: Status) -> Iterator[Remark]:
    for state in status.services:
        if state.processes == 0:
            waiting = f" Records that wait for it: {state.behind}." if state.behind else ""
            yield Remark(
                f"No {state.name} runs.{waiting}",
                f"start it: `news-ingest {state.name}`, or `news-ingest up` for all; in compose `up -d --wait`",
                is_fault=True,
            )


def _late(status: Status) -> Iterator[Remark]:
    for state in status.services:
        if state.processes != 0 and (state.oldest_s or 0.0) > LATE_S:
            yield Remark(
                f"The {state.name} is behind: its oldest record waits for {span(state.oldest_s or 0.0)}.",
                "run more of them, or see docs/runbook.md#fallingbehind",
                is_fault=True,
            )


def _nothing(status: Status) -> Iterator[Remark]:
    """
    Why no article came in the last hour, if none did: where the stream ends.
    """
    if status.articles:
        return
    if not status.sources and not any(state.last_hour for state in status.services):
        yield Remark("No article in the last hour: nothing is watched.", "news-ingest sources add URL")
        return
    if status.sources and status.paused == status.sources:
        yield Remark("No article in the last hour: all sources are paused.", "news-ingest sources resume URL")
        return
    written = [state for state in status.services if state.last_hour and state.name in _WAY]
    yield _stopped_at(written[-1], status) if written else _unfetched(status)


def _unfetched(status: Status) -> Remark:
    ill = Counter(trouble.state for trouble in status.troubles)
    if status.sources and ill["failing"] >= status.sources - status.paused:
        return Remark("No article in the last hour: every source fails.", "docs/runbook.md#sourcesfail", is_fault=True)
    return Remark(
        "No article in the last hour: no page was fetched. Sources had nothing new, or hosts are still to be asked.",
        "the fetcher's log has a line for each look at a source, with its reason",
    )


def _stopped_at(last: ServiceState, status: Status) -> Remark:
    heir = _WAY[_WAY.index(last.name) + 1]
    waiting = next(state.behind for state in status.services if state.name == heir)
    if waiting:
        return Remark(
            f"No article in the last hour: {waiting} records wait for the {heir}.",
            f"the log of the {heir} says what it does",
        )
    return Remark(
        f"No article in the last hour: the {heir} took {last.last_hour} records of the {last.name}, and wrote none.",
        f"the {heir}'s log has the reason of each; `news-ingest try URL --explain` repeats one",
    )


def _sources(status: Status) -> Iterator[Remark]:
    ill = Counter(trouble.state for trouble in status.troubles)
    if ill:
        told = ", ".join(f"{count} {state}" for state, count in sorted(ill.items()))
        yield Remark(
            f"Sources that are not well: {told}.", "docs/runbook.md#sourcesfail, docs/runbook.md#sitesdegraded"
        )


def _letters(status: Status) -> Iterator[Remark]:
    if status.letters.count:
        yield Remark(f"Dead letters in the last day: {status.letters.count}.", "docs/runbook.md#deadletters")


def span(seconds: float) -> str:
    """
    A length of time for people.
    """
    if seconds < 120:
        return f"{seconds:.1f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"
