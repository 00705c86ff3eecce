from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from schemas.events import PageFetched
from schemas.replays import Selection
from services.cli.backfill.answers import Found, Left
from services.cli.backfill.folder import open_folder
from services.cli.backfill.pages import Terms
from services.cli.errors import InputFileError
from services.fetcher.settings import FetcherSettings
from tests.fixtures.archives import html

TERMS = Terms.of(FetcherSettings())
WRITTEN_AT = 1_773_477_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """
    Pages that say who they are, one that does not, and something else.
    """
    links = {
        "a.html": b'<link rel="canonical" href="https://a.test/story">',
        "b/b.htm": b'<meta property="og:url" content="https://b.test/story">',
        "c.html": b'<link rel="canonical" href="/story">',
    }
    (tmp_path / "b").mkdir()
    for number, (name, link) in enumerate(links.items()):
        (tmp_path / name).write_bytes(html(number).replace(b"<head>", b"<head>" + link))
        os.utime(tmp_path / name, (WRITTEN_AT, WRITTEN_AT))
    (tmp_path / "notes.csv").write_text("x")
    return tmp_path


def found(folder: Path, listing: Path | None = None, left: Mapping[int, tuple[int, int]] | None = None) -> list[Found]:
    """
    What is in a folder.
    """
    opened = open_folder(folder, listing, TERMS, Selection())

    async def read() -> list[Found]:
        return [one async for one in opened.found(left or {0: (0, len(opened.files))})]

    return asyncio.run(read())


def told(all_of_it: list[Found]) -> list[str]:
    """
    URLs and times of pages, and reasons of what is none.
    """
    whats = [one.what for one in all_of_it]
    return [w.why if isinstance(w, Left) else f"{w.meta.url} {w.meta.fetched_at:%Y-%m-%dT%H:%M}" for w in whats]


def test_without_a_list_a_page_says_its_url_and_its_file_the_time(folder: Path) -> None:
    """
    Who says neither by a canonical link nor by og:url, in full, is refused with the reason.
    """
    assert told(found(folder)) == [
        "https://a.test/story 2026-03-14T08:30",
        "https://b.test/story 2026-03-14T08:30",
        "NO_URL",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "manifest.csv",
            (
                "file,url,fetched_at\na.html,https://x.test/1,2026-01-02T03:04:05Z\nc.html,https://x.test/2,\n"
                "b/b.htm,https://x.test/3,soon\nz.html,https://x.test/4,\nnotes.csv,,\n"
            ),
        ),
        (
            "manifest.jsonl",
            (
                '{"file": "a.html", "url": "https://x.test/1", "fetched_at": "2026-01-02T03:04:05Z"}\n'
                '{"file": "c.html", "url": "https://x.test/2"}\n'
                '{"file": "b/b.htm", "url": "https://x.test/3", "fetched_at": "soon"}\n'
                '{"file": "z.html", "url": "https://x.test/4"}\n{"file": "notes.csv"}\n'
            ),
        ),
    ],
)
def test_a_list_in_the_folder_says_which_files_and_whose_they_are(folder: Path, name: str, text: str) -> None:
    """
    Its word counts, also against the page's own; what it lacks is told by file.
    """
    (folder / name).write_text(text)

    assert told(found(folder)) == [
        "https://x.test/1 2026-01-02T03:04",
        "NO_TIME",
        "https://x.test/2 2026-03-14T08:30",
        "NO_URL",
        "UNREADABLE_FILE",
    ]


def test_it_goes_on_behind_the_last_file(folder: Path) -> None:
    """
    The place in a folder is a number of files.
    """
    [_, second, third] = found(folder)

    assert found(folder, left={0: (second.next - 1, 3)}) == [second, third]


def test_pages_have_the_event_ids_of_pages_that_were_fetched(folder: Path) -> None:
    """
    Read twice, they are the same events.
    """
    [first, *_], [again, *_] = found(folder), found(folder)

    assert isinstance(first.what, PageFetched)
    assert first == again


@pytest.mark.parametrize(
    "text",
    ["url\nhttps://a.test/\n", "file,url\n../secret.html,https://a.test/\n", "file,url\n/etc/passwd,https://a/\n"],
)
def test_a_list_that_leads_elsewhere_is_refused(folder: Path, text: str) -> None:
    """
    Only files of the folder are read.
    """
    (folder / "list.csv").write_text(text)

    with pytest.raises(InputFileError, match=r"row 1: no file of the folder"):
        found(folder, folder / "list.csv")


def test_a_folder_that_is_none_is_an_answer(tmp_path: Path) -> None:
    """
    As is a list that is not there, or is none.
    """
    (tmp_path / "list.jsonl").write_text("{")

    for folder, listing in (("none", None), (".", "none.csv"), (".", "list.jsonl")):
        with pytest.raises(InputFileError):
            open_folder(tmp_path / folder, (listing and tmp_path / listing) or None, TERMS, Selection())
