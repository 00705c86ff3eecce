from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.replays import Replay, Selection, Stretch
from services.cli.replays.showing import explain_nothing, show_list, show_rehearsal, told
from services.cli.replays.stretches import advanced, left_to_read

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def replay(**fields: Any) -> Replay:
    known = {"replay_id": "x", "topic": "news.page.fetched", "lane": "news.page.replay", "began_at": NOW}
    stretches = [Stretch(partition=0, start=0, end=80, next=40), Stretch(partition=3, start=10, end=30, next=30)]
    return Replay.model_validate({**known, "changed_at": NOW, "stretches": stretches, **fields})


def test_the_list_says_how_far_a_replay_is_and_when_it_last_moved(capsys: pytest.CaptureFixture[str]) -> None:
    """
    One that was killed says running, and that it has not moved.
    """
    show_list([replay(copied=55)], NOW + timedelta(hours=3), as_json=False)

    assert capsys.readouterr().out.splitlines()[1].split()[:6] == ["x", "running", "news.page.fetched", "60", "%", "55"]


def test_a_program_reads_the_state_and_its_sums() -> None:
    """
    Offsets, which are at least as many as records.
    """
    found = told(replay(left={"--host": 5}))

    assert (found["replayId"], found["offsets"], found["offsetsRead"], found["left"]) == ("x", 100, 60, {"--host": 5})


def test_a_rehearsal_says_how_long_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    """
    And that nothing was written.
    """
    show_rehearsal(replay(copied=1200, rate=2, left={"--host": 5}), as_json=False)
    said = capsys.readouterr().out

    assert "1200 records of news.page.fetched would be copied into news.page.replay; 5 left by --host" in said
    assert "takes 10 min" in said
    assert "Nothing was written." in said


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"left": {"--host": 12, "deletion": 1}}, "13 records of news.page.fetched were read, and none was meant"),
        ({"stretches": []}, "the beginning to now, by arrival, all partitions"),
        ({"stretches": [], "selection": Selection(by="offset", first=9, partitions=[3])}, "offsets 9 to the end"),
    ],
)
def test_nothing_explains_itself(fields: dict[str, Any], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    What was read and refused, or where was looked.
    """
    explain_nothing(replay(**fields))

    assert words in capsys.readouterr().err


def test_a_replay_goes_on_where_it_was() -> None:
    """
    What is read is left out; a position that nobody names stays.
    """
    moved = replay(stretches=advanced(replay(), {0: 79}))

    assert left_to_read(moved) == {0: (79, 80)}
    assert [stretch.next for stretch in moved.stretches] == [79, 30]
