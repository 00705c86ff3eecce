"""
Replays, for a person and for a program.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from schemas.base import rfc3339
from schemas.replays import Replay
from services.cli.moments import span_of
from services.cli.output import printable, remark, say, say_json, say_table
from services.cli.replays.names import next_step
from services.cli.replays.selection import is_aside
from services.cli.replays.stretches import done, size


def show_list(replays: Sequence[Replay], now: datetime, *, as_json: bool) -> None:
    """
    All replays, the newest last.
    """
    ordered = sorted(replays, key=lambda replay: (replay.began_at, replay.replay_id))
    if as_json:
        for replay in ordered:
            say_json(told(replay))
        return
    headings = ("replay", "state", "from", "read", "copied", "began (UTC)", "last moved")
    say_table(headings, [_row(replay, now) for replay in ordered])


def _row(replay: Replay, now: datetime) -> tuple[str, ...]:
    total = size(replay.stretches)
    share = f"{100 * done(replay.stretches) / total:.0f} %" if total else "100 %"
    moved = f"{span_of((now - replay.changed_at).total_seconds())} ago"
    began = f"{replay.began_at:%Y-%m-%d %H:%M:%S}"
    return printable(replay.replay_id), replay.state, replay.topic, share, str(replay.copied), began, moved


def told(replay: Replay) -> dict[str, Any]:
    """
    A replay for a program: its state, and two sums.
    """
    sums = {"offsets": size(replay.stretches), "offsetsRead": done(replay.stretches)}
    return {**replay.model_dump(mode="json", by_alias=True, exclude_none=True), **sums}


def show_end(replay: Replay, *, as_json: bool) -> None:
    """
    What became of a replay.
    """
    if as_json:
        say_json(told(replay))
        return
    what = "events written to" if is_aside(replay) else "records copied into"
    say(f"replay {replay.replay_id} is {replay.state}: {replay.copied} {what} {replay.lane}{_left(replay)}")
    if replay.state == "paused":
        say(f"  go on: {next_step(replay.replay_id)}")
    elif replay.state == "done" and replay.copied and not is_aside(replay):
        say("  what still waits there: news-ingest topics drained")


def show_rehearsal(replay: Replay, *, as_json: bool) -> None:
    """
    What a replay would do.
    """
    seconds = replay.copied / replay.rate
    if as_json:
        say_json({**told(replay), "state": "rehearsed", "atLeastSeconds": round(seconds, 1)})
        return
    say(f"{replay.copied} records of {replay.topic} would be copied into {replay.lane}{_left(replay)}")
    for stretch in replay.stretches:
        say(f"  partition {stretch.partition}: offsets {stretch.start} to {stretch.end}")
    say(f"At {replay.rate:g} a second that takes {span_of(seconds)}, longer where live traffic comes first.")
    say("Nothing was written.")


def _left(replay: Replay) -> str:
    left = ", ".join(f"{count} left by {why}" for why, count in sorted(replay.left.items()))
    return f"; {left}" if left else ""


def explain_nothing(replay: Replay) -> None:
    """
    Why nothing was copied.
    """
    read = replay.copied + sum(replay.left.values())
    if read:
        remark(f"{read} records of {replay.topic} were read, and none was meant{_left(replay)}.")
    else:
        remark(f"No record of {replay.topic} lies in that stretch: `news-ingest topics list` shows how many there are.")
        remark(f"  looked for: {_sought(replay)}")


def _sought(replay: Replay) -> str:
    chosen = replay.selection
    if chosen.by == "offset":
        words = [f"offsets {chosen.first or 0} to {'the end' if chosen.last is None else chosen.last}"]
    else:
        since = rfc3339(chosen.since) if chosen.since else "the beginning"
        until = rfc3339(chosen.until) if chosen.until else "now"
        words = [f"{since} to {until}, by {chosen.by}"]
    return ", ".join([*words, f"partitions {chosen.partitions}" if chosen.partitions else "all partitions"])
