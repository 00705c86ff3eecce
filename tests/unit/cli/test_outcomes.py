from __future__ import annotations

import json
from pathlib import Path

from services.cli.outcomes import Committed, OutcomeReader, parse

DROPPED = Committed("cleaner", "drop", "TOO_SHORT", "3 characters", "https://a.example/x")


def line(**changes: object) -> bytes:
    told = {"event": "committed", **vars_of(DROPPED), "offset": 3, **changes}
    return json.dumps(told).encode() + b"\n"


def vars_of(committed: Committed) -> dict[str, str]:
    return {name: getattr(committed, name) for name in Committed.__dataclass_fields__}


def test_a_line_about_a_committed_input_is_read() -> None:
    """
    One such line is written for every input.
    """
    assert parse(line()) == DROPPED


def test_other_lines_are_passed_over() -> None:
    """
    Logs also hold traces, and lines of libraries.
    """
    others = [b"", b"Traceback (most recent call last):", b'{"event": "started"}', b'"committed"', b'{"committed": 1']

    assert [parse(other) for other in others] == [None] * 5


def test_a_reader_goes_on_where_it_stopped_even_in_the_middle_of_a_line(tmp_path: Path) -> None:
    """
    The writer is not waited for.
    """
    log = tmp_path / "cleaner.log"
    reader = OutcomeReader([log], from_start=True)
    first = reader.poll()
    log.write_bytes(line() + line(reason="OTHER")[:30])
    second = reader.poll()
    with log.open("ab") as file:
        file.write(line(reason="OTHER")[30:])
    third = reader.poll()

    assert (first, second, [found.reason for found in third]) == ([], [DROPPED], ["OTHER"])


def test_what_was_there_before_can_be_left_out(tmp_path: Path) -> None:
    """
    `up` counts from its own start.
    """
    log = tmp_path / "cleaner.log"
    log.write_bytes(line())
    reader = OutcomeReader([log], from_start=False)
    with log.open("ab") as file:
        file.write(line(reason="NEW"))

    assert [found.reason for found in reader.poll()] == ["NEW"]
