"""
Takedowns as an operator reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from schemas import topics
from schemas.base import rfc3339
from schemas.takedowns import Takedown
from services.cli.output import printable, remark, say, say_json, say_table
from services.cli.takedowns.control import Ordered
from services.cli.takedowns.finding import ERASED, Findings, Trail

GONE_DAYS = 10
"""A segment is closed within a day, compacted when it is 7 to 8 days old, and a tombstone goes a day after that."""

OUTSIDE = (
    "backups (`news-ingest backup`), which bring it back when they are restored",
    "WARC files and other exports",
    "what subscribers have stored: they are told by a record without a value",
)

OWNERS: Mapping[str, str] = {
    topics.FRONTIER.name: "fetcher",
    topics.ARTICLE_CLEANED.name: "tagger",
    topics.LEDGER.name: "tagger",
    topics.ARTICLE_TAGGED.name: "tagger",
}
"""Which service deletes what is not deleted by the command itself."""


def show_rehearsal(trail: Trail, findings: Findings, *, as_json: bool) -> None:
    """
    What a takedown would touch.
    """
    counts = findings.counts()
    if as_json:
        told = {"takedownId": str(trail.takedown_id), "articleIds": sorted(trail.names), "sites": sorted(trail.sites)}
        say_json({**told, "state": "rehearsed", "touched": counts, "outside": OUTSIDE})
        return
    say(f"{trail.takedown_id} would be taken down; it goes by {', '.join(sorted(trail.names))}")
    _show_touched(counts)
    say("Nothing was written.")


def show_ordered(ordered: Ordered, *, as_json: bool) -> None:
    """
    What was taken down, or lifted.
    """
    takedown = ordered.takedown
    if as_json:
        say_json({**_told(takedown), "unheard": ordered.unheard, "outside": OUTSIDE})
    elif takedown.state == "lifted":
        say(f"lifted  {takedown.takedown_id}")
        say("What was deleted stays so, until its page is asked for: news-ingest fetch URL")
    else:
        _show_standing(takedown)
    for group in ordered.unheard:
        remark(f"The {group} has not read of it: it does when it runs, before anything else.")


def _show_standing(takedown: Takedown) -> None:
    say(f"taken down  {takedown.takedown_id}; it goes by {', '.join(map(str, takedown.article_ids))}")
    _show_touched(takedown.touched)
    say(f"Gone from Kafka's disks by {(takedown.changed_at + timedelta(days=GONE_DAYS)).date()} at the latest.")
    say("Not reached:")
    for each in OUTSIDE:
        say(f"  {each}")


def _show_touched(counts: Mapping[str, int]) -> None:
    if not counts:
        say("  nothing of it stands; it is refused from now on")
        return
    for line in say_lines(counts):
        say(line)


def say_lines(counts: Mapping[str, int]) -> list[str]:
    """
    What stands in which topic, and how it goes.
    """
    width = max(len(name) for name in counts)
    return [f"  {name.ljust(width)}  {count:>5}  {_way(name)}" for name, count in counts.items()]


def _way(name: str) -> str:
    topic = topics.by_name(name)
    if topic in ERASED:
        return "deleted"
    if "compact" in topic.cleanup:
        return f"deleted by the {OWNERS[name]}"
    assert topic.retention_ms is not None
    return f"not delivered any more; goes by its age, within {topic.retention_ms // topics.DAY_MS + 1} days"


def show_list(takedowns: list[Takedown], *, as_json: bool) -> None:
    """
    All takedowns, the newest last.
    """
    ordered = sorted(takedowns, key=lambda each: (each.began_at, str(each.takedown_id)))
    if as_json:
        for takedown in ordered:
            say_json(_told(takedown))
        return
    headings = ("article", "state", "since", "by", "records", "reason")
    say_table(headings, [_row(takedown) for takedown in ordered])


def _row(takedown: Takedown) -> tuple[str, ...]:
    is_half = takedown.state == "standing" and takedown.swept_at is None
    return (
        str(takedown.takedown_id),
        "not swept twice" if is_half else takedown.state,
        rfc3339(takedown.began_at),
        printable(takedown.by),
        str(sum(takedown.touched.values())),
        printable(takedown.reason),
    )


def _told(takedown: Takedown) -> dict[str, Any]:
    return takedown.model_dump(mode="json", by_alias=True, exclude_none=True)
