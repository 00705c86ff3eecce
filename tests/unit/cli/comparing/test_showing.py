from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.replays import Replay, Selection, Stretch
from services.cli.comparing.report import Report, report_of
from services.cli.comparing.showing import MAX_ROWS, Outcome, explain, show
from tests.unit.cli.comparing.given import NOW, article, case


def outcome_of(report: Report, **fields: Any) -> Outcome:
    """
    A comparison of pages that is over.
    """
    replay = Replay(
        replay_id="compare",
        topic="news.page.fetched",
        lane="news.page.replay",
        began_at=NOW,
        changed_at=NOW,
        selection=Selection(),
        stretches=[Stretch(partition=0, start=0, end=9, next=0)],
    )
    return Outcome(**{"what": "pages", "replay": replay, "report": report, **fields})


def test_a_person_reads_sums_and_then_sites(capsys: pytest.CaptureFixture[str]) -> None:
    """
    With one site, the sums are its own.
    """
    accepted = case(2, was_cleaned=None, was_tagged=None)
    dropped = case(3, end="dropped: TOO_SHORT", cleaned=None, tagged=None)
    cases = [case(), case(1, cleaned=article("One.")), accepted, dropped]
    show(outcome_of(report_of(cases, 3), waiting=7), as_json=False)
    said = capsys.readouterr().out.splitlines()

    assert said[0] == "4 pages of news.page.fetched went through the code at hand"
    assert said[1] == "  2 held against what was published: 1 read the same, 1 would read otherwise"
    assert "  1 newly dropped: TOO_SHORT" in said
    assert "  7 offsets left out, as they are not worked off yet" in said
    assert [line.split()[:2] for line in said if line.startswith("hill")][-1] == ["hill-gazette.example", "articleBody"]
    assert "1 shorter, median 50 % of the length" in "\n".join(said)
    assert said[-1] == "Nothing was published."


def test_what_comes_from_pages_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """
    A site is a publisher's word.
    """
    show(outcome_of(report_of([case(cleaned=article(""), site="x\x1b[2J.example")], 3)), as_json=False)

    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("taken", "parts", "words"),
    [
        (5, 2, "only the first 5 that came by, of 2 partitions: another time it may be others"),
        (5, 1, "only the first 5 that came by\n"),
        (4, 2, ""),
    ],
)
def test_a_limit_that_cut_something_off_says_which_inputs_were_taken(
    taken: int, parts: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Several partitions come by in no fixed order; a limit that was not reached needs no word.
    """
    found = outcome_of(report_of([case()], 3), limit=5)
    stretches = [Stretch(partition=number, start=0, end=9, next=0) for number in range(parts)]
    replay = found.replay.model_copy(update={"copied": taken, "stretches": stretches})
    show(outcome_of(found.report, limit=5, replay=replay), as_json=False)
    said = capsys.readouterr().out

    assert words in said
    assert ("only the first" in said) is bool(words)


def test_a_long_table_is_cut_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """
    All of it is in JSON.
    """
    cases = [case(number, site=f"site-{number}.example", cleaned=article("Other.")) for number in range(60)]
    show(outcome_of(report_of(cases, 0)), as_json=False)
    table = capsys.readouterr()
    show(outcome_of(report_of(cases, 0)), as_json=True)

    assert table.out.count("site-") == MAX_ROWS - 1
    assert "21 rows more" in table.err
    assert len(json.loads(capsys.readouterr().out)["sites"]) == 60


def test_a_program_reads_counts_and_ids_of_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """
    The sums without examples, the sites with them.
    """
    show(outcome_of(report_of([case(), case(1, cleaned=article("One."))], 3)), as_json=True)
    found = json.loads(capsys.readouterr().out)

    assert (found["inputs"], found["compared"], found["otherwise"]) == (2, 2, 1)
    assert found["sites"]["hill-gazette.example"]["fields"]["articleBody"] == {
        "compared": 2,
        "changed": 1,
        "gained": 0,
        "lost": 0,
        "longer": 0,
        "shorter": 1,
        "medianPercent": 50,
        "examples": ["p1"],
    }


@pytest.mark.parametrize(
    ("fields", "stretches", "words"),
    [
        ({"taken_down": 3}, 1, "All 3 pages that were meant are of articles that were taken down"),
        ({"waiting": 9}, 0, "The cleaner has worked off nothing of that stretch yet"),
        ({}, 0, "No record of news.page.fetched lies in that stretch"),
    ],
)
def test_nothing_explains_itself(
    fields: dict[str, Any], stretches: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Taken down, not worked off, or not there.
    """
    found = outcome_of(Report(), **fields)
    cut = found.replay.model_copy(update={"stretches": found.replay.stretches[:stretches]})
    explain(outcome_of(Report(), **fields, replay=cut))

    assert words in capsys.readouterr().err
