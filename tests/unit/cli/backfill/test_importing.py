from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from schemas import topics
from schemas.events import PageFetched
from schemas.replays import Replay, Selection
from services.cli.backfill.answers import Found
from services.cli.backfill.files import WarcFile, open_warc
from services.cli.backfill.importing import Wish, going_on, outgoing, planned, rehearse
from services.cli.backfill.pages import Terms
from services.cli.errors import InputFileError, ReplayError
from services.fetcher.settings import FetcherSettings
from tests.fixtures.archives import crawl, packed, response

TERMS = Terms.of(FetcherSettings())


def opened(path: Path, content: bytes, **chosen: Any) -> WarcFile:
    """
    A file of this content, looked at.
    """
    path.write_bytes(content)
    return open_warc(path, TERMS, Selection(**chosen))


def plan(file: WarcFile) -> Replay:
    """
    An import of it before its first record.
    """
    return asyncio.run(planned(file, Wish(file.selection)))


def test_the_same_file_under_another_name_is_the_same_import(tmp_path: Path) -> None:
    """
    Other content, and other filters, make another.
    """
    content = packed([response(1)])
    first, second = opened(tmp_path / "a", content), opened(tmp_path / "b", content)
    other, chosen = opened(tmp_path / "c", content + b"x"), opened(tmp_path / "a", content, hosts=["a.test"])

    assert plan(first).replay_id == plan(second).replay_id
    assert len({plan(file).replay_id for file in (first, other, chosen)}) == 3


@pytest.mark.parametrize(
    ("state", "is_again", "goes_on"),
    [
        (None, False, "fresh"),
        ("running", False, "last"),
        ("paused", False, "last"),
        ("paused", True, "last"),
        ("done", False, None),
        ("done", True, "fresh"),
        ("stopped", True, "fresh"),
    ],
)
def test_an_import_goes_on_where_it_was_left(
    tmp_path: Path, state: str | None, is_again: bool, goes_on: str | None
) -> None:
    """
    What was imported to its end is left alone, unless it is wanted again.
    """
    fresh = plan(opened(tmp_path / "a", packed([response(1)]))).model_copy(update={"rate": 50.0})
    last = fresh.model_copy(update={"state": state, "copied": 7, "rate": 20.0})
    begun = going_on(last if state else None, fresh, is_again=is_again)

    wanted = {"fresh": fresh, "last": last.model_copy(update={"state": "running", "rate": 50.0}), None: None}
    assert begun == wanted[goes_on]


def test_an_import_that_was_stopped_for_good_says_so(tmp_path: Path) -> None:
    """
    Somebody had a reason.
    """
    fresh = plan(opened(tmp_path / "a", b""))

    with pytest.raises(ReplayError, match="was stopped for good"):
        going_on(fresh.model_copy(update={"state": "stopped"}), fresh, is_again=False)


def test_a_rehearsal_counts_everything(tmp_path: Path) -> None:
    """
    Pages, and the reasons of all else.
    """
    file = opened(tmp_path / "a", b"".join(crawl(20)))
    counted = asyncio.run(rehearse(file, plan(file), None, lambda *_: None))

    assert (counted.copied, counted.left) == (20, {"WARCINFO": 1, "REQUEST": 20, "REVISIT": 2, "BROKEN_RECORD": 1})
    assert counted.stretches[0].next == file.size


def test_a_page_goes_into_the_live_input_and_says_where_it_is_from(tmp_path: Path) -> None:
    """
    Its key and its event id are the page's, its time is the record's.
    """
    file = opened(tmp_path / "a", packed([response(1)]))
    [found] = _found(file)
    assert isinstance(found.what, PageFetched)
    record = outgoing(found, "import-7", 4)

    headers = dict(record.headers)
    assert (record.topic, record.key.decode()) == (topics.PAGE_FETCHED.name, headers["ce_id"].decode())
    assert record.partition == topics.PAGE_FETCHED.partition(found.what, 4)
    assert (headers["ce_time"], headers["ce_source"]) == (b"2026-03-14T08:30:00.000Z", b"news-ingest/import")
    assert (headers["import_id"], headers["imported_from"]) == (b"import-7", b"a@0")


def test_a_page_of_another_cluster_keeps_its_headers(tmp_path: Path) -> None:
    """
    It is the event that it is there.
    """
    [found] = _found(opened(tmp_path / "a", packed([response(1)])))
    moved = Found(found.what, "old/0/1", 0, 1, {"ce_id": b"7", "traceparent": b"x"})

    marks = {"import_id": b"import-7", "imported_from": b"old/0/1"}
    assert dict(outgoing(moved, "import-7", 4).headers) == {"ce_id": b"7", "traceparent": b"x", **marks}


@pytest.mark.parametrize("content", [b"<html>", b"PK\x03\x04"])
def test_a_file_that_is_no_archive_is_refused_at_once(tmp_path: Path, content: bytes) -> None:
    """
    Before anything is written.
    """
    with pytest.raises(InputFileError, match="neither as a WARC file nor as a gzip file"):
        opened(tmp_path / "a", content)


def _found(file: WarcFile) -> list[Found]:
    async def read() -> list[Found]:
        return [one async for one in file.found({0: (0, file.size)})]

    return asyncio.run(read())
