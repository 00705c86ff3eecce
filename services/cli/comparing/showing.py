"""
A comparison for a person and for a program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas.replays import Replay
from services.cli.comparing.cases import NOT_PUBLISHED, PUBLISHED, UNKNOWN
from services.cli.comparing.fields import BY_NAME, Kind
from services.cli.comparing.report import FieldReport, Report, SiteReport, name_of
from services.cli.output import printable, remark, say, say_json, say_table
from services.cli.replays.showing import explain_nothing

MAX_ROWS = 40
"""Of the table; in JSON and in the page there is more."""


@dataclass(frozen=True)
class Outcome:
    """
    A comparison that is over.

    Attributes:
        what: pages or articles.
        waiting: Offsets that the service has not worked off.
        taken_down: Inputs that were left out because their articles were taken down.
        limit: Inputs that were wanted at most.
    """

    what: str
    replay: Replay
    report: Report
    waiting: int = 0
    taken_down: int = 0
    limit: int | None = None


def show(outcome: Outcome, *, as_json: bool) -> None:
    """
    What would change.
    """
    if as_json:
        say_json(told(outcome))
        return
    for line in summary(outcome):
        say(line)
    rows = list(_rows(outcome.report))
    if rows:
        say()
        say_table(("site", "what", "changed", "of", "how"), rows[:MAX_ROWS])
    if len(rows) > MAX_ROWS:
        remark(f"{len(rows) - MAX_ROWS} rows more: --json has all of them, --html shows examples")
    say("Nothing was published.")


def explain(outcome: Outcome) -> None:
    """
    Why nothing was compared.
    """
    if outcome.taken_down:
        remark(f"All {outcome.taken_down} {outcome.what} that were meant are of articles that were taken down.")
    elif outcome.waiting and not outcome.replay.stretches:
        group = "cleaner" if outcome.what == "pages" else "tagger"
        remark(f"The {group} has worked off nothing of that stretch yet: there is nothing to compare with.")
        remark("  is it running, and how far behind? `news-ingest topics drained`")
    else:
        explain_nothing(outcome.replay)


def summary(outcome: Outcome) -> list[str]:
    """
    All sites together, in a few lines.
    """
    total = outcome.report.total
    compared = f"{total.compared - total.otherwise} read the same, {total.otherwise} would read otherwise"
    lines = [
        f"{total.inputs} {outcome.what} of {outcome.replay.topic} went through the code at hand",
        f"  {total.compared} held against what was published: {compared}",
    ]
    lines += [f"  {count} {name_of(change)}" for change, count in total.changed_ends()]
    lines += [f"  {text}" for text in _left_out(outcome)]
    return lines


def _left_out(outcome: Outcome) -> Iterator[str]:
    ends = outcome.report.total.ends
    refused = sum(count for (before, after), count in ends.items() if before == NOT_PUBLISHED and after != PUBLISHED)
    unknown = sum(count for (before, _), count in ends.items() if before == UNKNOWN)
    if refused:
        yield f"{refused} refused then as now"
    if unknown:
        yield f"{unknown} without a record of what was published: it changed nothing, or a later one took its place"
    if outcome.taken_down:
        yield f"{outcome.taken_down} left out, as their articles were taken down"
    if outcome.limit is not None and outcome.replay.copied >= outcome.limit:
        parts = len(outcome.replay.stretches)
        which = f", of {parts} partitions: another time it may be others" if parts > 1 else ""
        yield f"only the first {outcome.limit} that came by{which}"
    if outcome.waiting:
        yield f"{outcome.waiting} offsets left out, as they are not worked off yet"


def _rows(report: Report) -> Iterator[tuple[str, str, str, str, str]]:
    sites = report.ordered()
    for name, site in [("all", report.total), *sites] if len(sites) > 1 else sites:
        shown = printable(name)
        for change, count in site.changed_ends():
            yield shown, name_of(change), str(count), str(site.inputs), ""
        for field, found in site.changed_fields():
            yield shown, field, str(found.changed), str(found.compared), how(field, found)


def how(name: str, found: FieldReport) -> str:
    """
    In what way a field differs, in words.
    """
    words = [f"{count} {word}" for count, word in ((found.gained, "new"), (found.lost, "gone")) if count]
    if BY_NAME[name].kind is Kind.LIST:
        counts = (found.added, "entries more"), (found.removed, "entries less"), (found.moved, "in another order")
        words += [f"{count} {word}" for count, word in counts if count]
    elif BY_NAME[name].kind is Kind.TEXT:
        words += [f"{count} {word}" for count, word in ((found.shorter, "shorter"), (found.longer, "longer")) if count]
        words += [f"median {found.median_percent} % of the length"] if found.median_percent is not None else []
    return ", ".join(words)


def told(outcome: Outcome) -> dict[str, Any]:
    """
    All of it for a program. Examples are ids of page events.
    """
    report = outcome.report
    return {
        "topic": outcome.replay.topic,
        "selection": outcome.replay.selection.model_dump(mode="json", by_alias=True, exclude_none=True),
        "limit": outcome.limit,
        "left": outcome.replay.left,
        "notWorkedOff": outcome.waiting,
        "takenDown": outcome.taken_down,
        **_told_site(report.total),
        "sites": {name: _told_site(site) for name, site in report.ordered()},
    }


def _told_site(site: SiteReport) -> dict[str, Any]:
    return {
        "inputs": site.inputs,
        "compared": site.compared,
        "otherwise": site.otherwise,
        "ends": [
            {"before": before, "after": after, "count": count, "examples": site.end_examples.get((before, after), [])}
            for (before, after), count in sorted(site.ends.items())
        ],
        "fields": {name: _told_field(name, found) for name, found in site.changed_fields()},
    }


def _told_field(name: str, found: FieldReport) -> dict[str, Any]:
    counts: dict[str, Any] = {
        "compared": found.compared,
        "changed": found.changed,
        "gained": found.gained,
        "lost": found.lost,
    }
    kind = BY_NAME[name].kind
    if kind is Kind.LIST:
        counts |= {"added": found.added, "removed": found.removed, "moved": found.moved}
    if kind is Kind.TEXT:
        counts |= {"longer": found.longer, "shorter": found.shorter, "medianPercent": found.median_percent}
    return {**counts, "examples": found.examples}
