from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.cli.errors import SinkStateError
from services.cli.sinks.jsonl import Rotation, jsonl_sink
from tests.sinks.given import START, TOPIC, portions, records

ONE_FILE, SMALL = Rotation(1 << 30, is_daily=True), Rotation(2000, is_daily=True)


async def write(folder: Path, rotation: Rotation, first: int, last: int) -> None:
    """
    Start a sink, write some portions, and end it.
    """
    async with jsonl_sink(folder, TOPIC, rotation) as sink:
        if not await sink.places():
            await sink.begin(START)
        for portion in list(portions())[first:last]:
            await sink.write(portion)


def lines(folder: Path) -> list[dict[str, Any]]:
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.jsonl"))]
    return [json.loads(line) for text in texts for line in text.split("\n") if line]


def told(folder: Path) -> list[tuple[int, int]]:
    return [(line["partition"], line["offset"]) for line in lines(folder)]


WHOLE = [(record.partition, record.offset) for record in records()]


@pytest.mark.parametrize("rotation", [ONE_FILE, SMALL])
async def test_each_record_is_one_line_though_the_sink_was_left_in_the_middle(
    tmp_path: Path, rotation: Rotation
) -> None:
    """
    In one file, and in many.
    """
    await write(tmp_path, rotation, 0, 2)
    await write(tmp_path, rotation, 2, 9)

    assert told(tmp_path) == WHOLE
    assert (len(list(tmp_path.glob("*.jsonl"))) > 1) is (rotation is SMALL)


async def test_a_line_holds_the_event_as_it_is_and_a_takedown_says_so(tmp_path: Path) -> None:
    """
    With the record that it comes from.
    """
    await write(tmp_path, ONE_FILE, 0, 9)

    for line, record in zip(lines(tmp_path), records(), strict=True):
        assert line["id"].encode() == record.key
        assert line["arrived"] == "2026-03-01T12:00:00.250Z"
        if record.value is None:
            assert line["takenDown"] is True
        else:
            assert line["event"] == json.loads(record.value)


async def test_a_line_that_was_not_written_whole_is_cut_off_and_comes_again(tmp_path: Path) -> None:
    """
    A kill in the middle of a line leaves the places before it.
    """
    await write(tmp_path, ONE_FILE, 0, 2)
    [file] = tmp_path.glob("*.jsonl")
    whole = file.read_bytes()
    file.write_bytes(whole + b'{"partition":0,"off')
    async with jsonl_sink(tmp_path, TOPIC, ONE_FILE) as sink:
        places = await sink.places()

    assert places == list(portions())[1].after
    assert file.read_bytes() == whole


async def test_a_kill_between_the_state_and_its_file_loses_nothing(tmp_path: Path) -> None:
    """
    The state names a file that is not there: it is an empty one.
    """
    await write(tmp_path, SMALL, 0, 9)
    last = max(tmp_path.glob("*.jsonl"))
    state = json.loads((tmp_path / "state.json").read_text())
    last.unlink()
    async with jsonl_sink(tmp_path, TOPIC, SMALL) as sink:
        places = await sink.places()

    assert state["file"] == last.name
    assert places == {int(number): at for number, at in state["next"].items()}


async def test_a_new_day_begins_a_new_file(tmp_path: Path) -> None:
    """
    By when records arrived.
    """
    await write(tmp_path, ONE_FILE, 0, 2)

    assert [file.name for file in tmp_path.glob("*.jsonl")] == ["2026-03-01-0001.jsonl"]


async def test_two_sinks_do_not_write_one_folder(tmp_path: Path) -> None:
    """
    Nor does one of another topic.
    """
    async with jsonl_sink(tmp_path, TOPIC, ONE_FILE) as sink:
        await sink.begin(START)
        with pytest.raises(SinkStateError, match="another process"):
            await jsonl_sink(tmp_path, TOPIC, ONE_FILE).__aenter__()
    async with jsonl_sink(tmp_path, "news.article.tagged", ONE_FILE) as other:
        with pytest.raises(SinkStateError, match="was filled from"):
            await other.places()


async def test_a_file_that_was_changed_by_hand_is_told(tmp_path: Path) -> None:
    """
    Rather than being written on.
    """
    await write(tmp_path, ONE_FILE, 0, 1)
    [file] = tmp_path.glob("*.jsonl")
    file.write_bytes(b"edited\n" + file.read_bytes())
    async with jsonl_sink(tmp_path, TOPIC, ONE_FILE) as sink:
        with pytest.raises(SinkStateError, match="line 1"):
            await sink.places()
