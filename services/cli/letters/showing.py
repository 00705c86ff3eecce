"""
Letters, for a person and for a program.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from schemas.dead_letters import DeadLettered
from services.cli.letters.entries import Entry, entry_of
from services.cli.letters.settling import Settled
from services.cli.output import printable, remark, say, say_facts, say_json, say_table, shorten
from services.runtime.record import Record

SUBJECT_CHARS, DETAIL_CHARS, ORIGINAL_CHARS = 80, 60, 2000


def show_list(chosen: Sequence[Entry], limit: int, counts: Sequence[tuple[str, int]]) -> None:
    """
    The newest letters, a line each, and how many there are of what kind.
    """
    shown = chosen[-limit:]
    say_table(("letter", "since (UTC)", "stage", "reason", "kept", "about", "detail"), [_row(entry) for entry in shown])
    say()
    kinds = ", ".join(f"{kind} {count}" for kind, count in counts)
    hidden = f"; the newest {len(shown)} are shown, more by --limit" if len(shown) < len(chosen) else ""
    say(f"{len(chosen)} dead letters: {kinds}{hidden}")


def _row(entry: Entry) -> tuple[str, ...]:
    letter = entry.letter
    kept = f"{entry.kept_bytes} B" + (" (cut)" if letter.is_cut else "")
    about = shorten(printable(letter.subject), SUBJECT_CHARS)
    detail = shorten(printable(letter.detail), DETAIL_CHARS)
    return entry.key, f"{entry.buried_at:%Y-%m-%d %H:%M:%S}", letter.stage, letter.reason, kept, about, detail


def show_letter(record: Record) -> None:
    """
    One letter: what is known of it, and how its original begins.
    """
    entry = entry_of(record)
    letter = entry.letter
    facts = {
        "letter": entry.key,
        "buried": f"{entry.buried_at:%Y-%m-%d %H:%M:%S} UTC",
        "stage": letter.stage,
        "reason": letter.reason,
        "detail": letter.detail,
        "about": letter.subject,
        "attempts": str(letter.attempts),
        "original": _size(entry),
        "sha256": letter.original_sha256,
        "key": letter.origin_key or "",
    }
    say_facts({name: printable(text) for name, text in facts.items() if text})
    for line in (letter.exception or "").splitlines():
        say(f"  {printable(line)}")
    say("\nThe original begins:")
    start = (record.value or b"")[: 4 * ORIGINAL_CHARS].decode(errors="replace")
    for line in start[:ORIGINAL_CHARS].splitlines():
        say(f"  {printable(line)}")
    say(f"\n  all of it: news-ingest dlq show {entry.key} --original")


def _size(entry: Entry) -> str:
    letter = entry.letter
    if not letter.is_cut:
        return f"{letter.original_bytes} bytes"
    stated = "" if letter.declared_bytes is None else f", {letter.declared_bytes} declared"
    return f"{letter.original_bytes} bytes read{stated}, {entry.kept_bytes} kept"


def whole(record: Record) -> dict[str, Any]:
    """
    A letter with its original, for a program.
    """
    dead = DeadLettered.from_wire(record.value or b"", record.headers)
    headers = [[name, _base64(raw)] for name, raw in dead.original_headers.items()]
    return {**entry_of(record).as_json(), "originalHeaders": headers, "original": _base64(dead.original)}


def whole_line(record: Record) -> bytes:
    """
    The same as a line of a file.
    """
    return json.dumps(whole(record), ensure_ascii=False).encode() + b"\n"


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()


def show_settled(each: Settled, *, as_json: bool) -> None:
    """
    What became of one letter.
    """
    if as_json:
        say_json(_as_json(each))
    elif each.error is not None:
        remark(f"refused  {each.key}  {each.error.code} {printable(str(each.error))}\n  next: {each.error.next_step}")
    elif each.is_gone:
        remark(f"left alone  {each.key}  somebody else has settled it meanwhile")
    else:
        say(f"retried  {each.key}  into {each.into}" if each.into else f"purged  {each.key}")


def _as_json(each: Settled) -> dict[str, Any]:
    into = {} if each.into is None else {"into": each.into}
    error = each.error
    why = {} if error is None else {"code": error.code, "message": str(error), "nextStep": error.next_step}
    return {"key": each.key, "outcome": each.outcome, **into, **why}
