from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.state import Source
from services.cli.errors import OpmlError
from services.cli.opml import MAX_OPML_BYTES, Feed, read_opml, write_opml
from services.cli.watching import from_opml

NOW = datetime(2026, 1, 1, tzinfo=UTC)

LIST = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>mine</title></head><body>
<outline text="World"><outline text="Europe">
<outline type="rss" text="One" title="Feed one" xmlUrl="https://one.example/feed"/>
</outline></outline>
<outline type="rss" text="Two" xmlUrl=" https://two.example/feed "/>
<outline type="rss" text="One again" xmlUrl="https://one.example/feed"/>
<outline text="a link, no feed" url="https://three.example/"/>
</body></opml>"""


def test_feeds_come_in_order_once_each_with_their_folder() -> None:
    """
    Folders are joined by a slash; a feed that is listed twice counts once.
    """
    feeds = read_opml(LIST)

    assert feeds == [
        Feed("https://one.example/feed", "Feed one", "World/Europe"),
        Feed("https://two.example/feed", "Two", None),
    ]


def test_an_entity_is_never_resolved(tmp_path: Path) -> None:
    """
    A foreign file must not read ours, nor grow in memory.
    """
    secret = tmp_path / "secret"
    secret.write_text("https://stolen.example/")
    document = (
        f'<!DOCTYPE opml [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        '<opml><body><outline text="A" xmlUrl="https://a.example/f">&x;</outline><title>&x;</title></body></opml>'
    )

    feeds = read_opml(document.encode())

    assert feeds == [Feed("https://a.example/f", "A", None)]


def test_bare_ampersands_are_read_as_they_are_meant() -> None:
    """
    Exports with them are common, and no piece of a URL may get lost.
    """
    feeds = read_opml(b'<opml><body><outline text="A & B" xmlUrl="https://a.example/f?x=1&y=2"/></body></opml>')

    assert [feed.url for feed in feeds] == ["https://a.example/f?x=1&y=2"]


@pytest.mark.parametrize("data", [b"", b"not xml", b"<rss><channel/></rss>", b"\x00" * 10])
def test_what_is_not_opml_is_refused(data: bytes) -> None:
    """
    The message says what to do instead.
    """
    with pytest.raises(OpmlError) as told:
        read_opml(data)

    assert told.value.next_step


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    """
    The limit is on bytes, before any parser sees them.
    """
    with pytest.raises(OpmlError):
        read_opml(b" " * (MAX_OPML_BYTES + 1))


def test_a_feed_that_cannot_be_fetched_is_left_out_and_told(tmp_path: Path) -> None:
    """
    One bad line does not spoil the list.
    """
    file = tmp_path / "list.opml"
    file.write_bytes(LIST.replace(b"https://two.example/feed", b"ftp://two.example/feed"))

    wishes, refused = from_opml(file, {"desk": "world"})

    assert [wish.url for wish in wishes] == ["https://one.example/feed"]
    assert wishes[0].labels == {"folder": "World/Europe", "desk": "world"}
    assert len(refused) == 1


def test_a_list_without_feeds_says_so(tmp_path: Path) -> None:
    """
    Nothing to import is not a success.
    """
    file = tmp_path / "list.opml"
    file.write_bytes(b"<opml><body/></opml>")

    with pytest.raises(OpmlError, match="names no feed"):
        from_opml(file, {})


def test_what_is_commented_out_is_left() -> None:
    """
    By the attribute that OPML has for it.
    """
    assert read_opml(LIST.replace(b'text="Two"', b'text="Two" isComment="true"')) == [
        Feed("https://one.example/feed", "Feed one", "World/Europe")
    ]


def test_what_is_written_reads_back_as_the_same() -> None:
    """
    Folders, titles and URLs; a page is a link, and what is paused is commented out.
    """
    sources = [
        Source(
            url="https://a.example/f?x=1&y=2", changed_at=NOW, title="A & <B>\x00", labels={"folder": "World/Europe"}
        ),
        Source(url="https://b.example/f", changed_at=NOW, labels={"folder": "World"}, language="de"),
        Source(url="https://c.example/", changed_at=NOW, kind="page"),
        Source(url="https://d.example/f", changed_at=NOW, paused=True),
        Source(url="https://e.example/f", changed_at=NOW),
    ]
    document = write_opml(sources)

    assert read_opml(document) == [
        Feed("https://a.example/f?x=1&y=2", "A & <B>", "World/Europe"),
        Feed("https://b.example/f", "https://b.example/f", "World"),
        Feed("https://e.example/f", "https://e.example/f", None),
    ]
    assert document == write_opml(sources)
