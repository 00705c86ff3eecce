"""
Imports and exports, for a person and for a program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.replays import Replay
from services.cli.backfill.answers import Origin
from services.cli.moments import span_of
from services.cli.output import printable, remark, say, say_json
from services.cli.replays.names import next_step
from services.cli.replays.stretches import done, size


def told(replay: Replay, unit: str) -> dict[str, Any]:
    """
    An import for a program: its state, and two sums.
    """
    sums = {unit: size(replay.stretches), f"{unit}Read": done(replay.stretches)}
    return {**replay.model_dump(mode="json", by_alias=True, exclude_none=True), **sums}


def show_end(replay: Replay, origin: Origin, *, is_new: bool, as_json: bool) -> None:
    """
    What became of an import.
    """
    if as_json:
        say_json({**told(replay, origin.unit), "isNew": is_new})
        return
    name = printable(origin.name)
    if not is_new:
        say(f"{name}: imported before, on {replay.changed_at:%Y-%m-%d %H:%M} UTC, {replay.copied} pages; nothing to do")
        say("  once more all the same: --again")
        return
    say(f"{name}: {replay.copied} pages imported{_counts(replay.left)}")
    if replay.state == "paused":
        say(f"  {_share(replay)} read; go on: {next_step(replay.replay_id)}")
    if replay.state == "done" and not replay.copied:
        explain_nothing(replay, origin)


def show_rehearsal(replay: Replay, origin: Origin, *, as_json: bool) -> None:
    """
    What an import would do.
    """
    seconds = replay.copied / replay.rate
    if as_json:
        say_json({**told(replay, origin.unit), "state": "rehearsed", "atLeastSeconds": round(seconds, 1)})
        return
    say(f"{printable(origin.name)}: {replay.copied} pages would be imported{_counts(replay.left)}")
    say(f"At {replay.rate:g} a second that takes {span_of(seconds)}, longer where live traffic comes first.")
    say("Nothing was written.")
    if not replay.copied:
        explain_nothing(replay, origin)


def explain_nothing(replay: Replay, origin: Origin) -> None:
    """
    Why there is no page.
    """
    name = printable(origin.name)
    if replay.left:
        remark(f"{name}: {sum(replay.left.values())} records were read, and none is a page. What the reasons mean: ")
        remark("  docs/backfill.md#what-becomes-of-a-record")
    else:
        remark(f"{name}: there is no record in it.")


def show_requests(count: int, left: Mapping[str, int], *, is_rehearsal: bool, as_json: bool) -> None:
    """
    What became of a list of URLs.
    """
    if as_json:
        say_json({"requested": 0 if is_rehearsal else count, "wanted": count, "left": dict(left)})
        return
    say(f"{count} URLs {'would be' if is_rehearsal else 'are'} asked for{_counts(left)}")
    if count and not is_rehearsal:
        say("The fetcher asks when politeness allows: news-ingest tail")
    if not count:
        remark("No line was an http(s) URL that fits; one a line is expected.")


def show_archive(replay: Replay, path: str, *, as_json: bool) -> None:
    """
    What became of an export.
    """
    if as_json:
        say_json({**told(replay, "offsets"), "state": "done", "file": path})
        return
    say(f"{printable(path)}: {replay.copied} pages of {replay.topic}{_counts(replay.left)}")


def _counts(left: Mapping[str, int]) -> str:
    words = ", ".join(
        f"{count} {printable(why)}" for why, count in sorted(left.items(), key=lambda one: (-one[1], one))
    )
    return f"; left: {words}" if words else ""


def _share(replay: Replay) -> str:
    total = size(replay.stretches)
    return f"{100 * done(replay.stretches) / total:.0f} %" if total else "all"
