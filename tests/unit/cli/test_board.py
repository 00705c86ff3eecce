from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from services.cli.board import Board, picture
from services.cli.outcomes import Committed
from services.cli.processes import Child


def board() -> Board:
    made = Board("127.0.0.1:9092", children=[Child("cleaner", Path("x.log"), restarts=2, state="running")])
    for reason, outcome in (("EMITTED", "emit"), ("TOO_SHORT", "drop"), ("TOO_SHORT", "drop"), ("X", "deadletter")):
        made.count(Committed("cleaner", outcome, reason, "", "https://a.example/"))
    return made


def test_a_service_has_one_row_with_its_counts_and_why_pages_did_not_pass() -> None:
    """
    The commonest reason comes first.
    """
    made = board()

    assert made.row(made.children[0]) == ("cleaner", "running", "2", "1", "2", "1", "TOO_SHORT 2, X 1")


def test_the_picture_says_what_to_do_while_nothing_has_come() -> None:
    """
    An empty table alone helps nobody.
    """
    console = Console(file=StringIO(), width=100)
    console.print(picture(board()))

    drawn = console.file.getvalue()  # type: ignore[attr-defined]
    assert "news-ingest sources add URL" in drawn
    assert "TOO_SHORT 2" in drawn


def test_the_board_has_a_form_for_programs() -> None:
    """
    The same figures.
    """
    told = board().as_json()

    assert told["services"]["cleaner"] == {"state": "running", "restarts": 2, "emit": 1, "drop": 2, "deadletter": 1}
