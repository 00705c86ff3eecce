"""
How a command speaks: answers on standard output, remarks on standard error; a table for a person, aligned text for a
pipe, JSON for a program.

What comes from web pages is never trusted with the terminal: control characters are shown, not sent.
"""

# ruff: noqa: PLC0415 - rich is imported when something is drawn, so that --help answers at once

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any


def is_terminal() -> bool:
    """
    Tell whether the answer is read by a person.
    """
    return sys.stdout.isatty()


def printable(text: str) -> str:
    """
    Make text from outside safe for a terminal and fit for one line: every control character becomes a space or `�`.
    """
    return "".join(_safe(character) for character in text).strip()


def _safe(character: str) -> str:
    if character in "\n\r\t\f\v":
        return " "
    # C0, DEL, C1, and the overrides that turn the direction of what follows.
    hidden = (
        character < " " or "\x7f" <= character <= "\x9f" or character in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
    )
    return "�" if hidden else character


def say(text: str = "") -> None:
    """
    Write one line of the answer.
    """
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say_json(value: Any) -> None:
    """
    Write one JSON value on one line.
    """
    say(json.dumps(value, ensure_ascii=False, default=str))


def remark(text: str) -> None:
    """
    Write one line beside the answer.
    """
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def shorten(text: str, width: int) -> str:
    """
    Cut a text to `width` characters, with an ellipsis where something is missing.
    """
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "…"


def say_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """
    Write rows: as a table on a terminal, else as aligned columns that no width cuts.
    """
    if not is_terminal():
        say("\n".join(aligned([headings, *rows])))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """
    Lay rows out in columns, two spaces apart.
    """
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def say_facts(facts: Mapping[str, str]) -> None:
    """
    Write names and values, one a line, the values aligned.
    """
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        say(f"{name.ljust(width)}  {value}")
