from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.state import Source
from services.cli.errors import InputFileError, UrlError
from services.cli.source_files import FullWish, from_file, read_yaml, write_yaml

NOW = datetime(2026, 1, 1, tzinfo=UTC)

FILE = b"""
defaults:
  language: en
  labels: {desk: world, tier: one}
  min_interval_s: 600
sources:
  - https://one.example/feed.xml
  - url: https://two.example/sitemap.xml
    labels: {desk: sport}
    language: de
    deny: [/video/, '\\?print=']
    headers: {X-Key: abc}
    max_age_s: 86400
    paused: true
  - {url: "https://three.example/live#now", kind: page, title: Live}
"""


def test_a_file_says_all_there_is_to_say_of_a_source() -> None:
    """
    Labels and headers are added to the defaults, any other setting replaces its default.
    """
    one, two, three = read_yaml(FILE)

    assert one == FullWish(
        "https://one.example/feed.xml", language="en", labels={"desk": "world", "tier": "one"}, min_interval_s=600
    )
    assert (two.labels, two.language) == ({"desk": "sport", "tier": "one"}, "de")
    assert (two.deny, two.headers, two.max_age_s, two.paused) == (
        ["/video/", r"\?print="],
        {"X-Key": "abc"},
        86400,
        True,
    )
    assert (three.url, three.kind, three.title) == ("https://three.example/live", "page", "Live")


def test_a_wish_becomes_a_source_with_all_its_settings() -> None:
    """
    As the contract has them.
    """
    _, two, _ = read_yaml(FILE)

    assert two.source(NOW) == Source(
        url="https://two.example/sitemap.xml",
        changed_at=NOW,
        paused=True,
        min_interval_s=600,
        language="de",
        labels={"desk": "sport", "tier": "one"},
        headers={"X-Key": "abc"},
        deny=["/video/", r"\?print="],
        max_age_s=86400,
    )


def test_what_is_written_reads_back_as_the_same() -> None:
    """
    So a list can be taken from one installation to another.
    """
    sources = [wish.source(NOW) for wish in read_yaml(FILE)]
    again = [wish.source(NOW) for wish in read_yaml(write_yaml(sources))]

    assert again == sources
    assert b"max_interval_s" not in write_yaml(sources)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"sources: [", "not YAML"),
        (b"\xff\xfe\x00", "not YAML"),
        (b"sources: !!python/object/apply:os.getcwd []", "not YAML"),
        (b"- https://a.example/", "no list of sources"),
        (b"sourcs: []", "sourcs"),
        (b"defaults: {intervall: 3}\nsources: []", "intervall"),
        (b"sources: [{url: 'https://a.example/f', min_interval_s: soon}]", r"sources\[0\] .*min_interval_s"),
        (b"sources: ['https://a.example/f', {title: x}]", r"sources\[1\].*url"),
        (b"sources: [{url: 'https://a.example/f', labels: {a: 1}}]", "labels.a"),
    ],
)
def test_what_no_source_can_be_is_told_with_its_place(data: bytes, told: str) -> None:
    """
    Nothing of the file is taken then.
    """
    with pytest.raises(InputFileError, match=told):
        read_yaml(data)


@pytest.mark.parametrize("fields", [{"allow": ["("]}, {"headers": {"User-Agent": "other"}}, {"headers": {"a b": "c"}}])
def test_a_source_that_cannot_be_watched_is_refused_before_it_is_published(fields: dict[str, Any]) -> None:
    """
    By the same rules that the fetcher has.
    """
    with pytest.raises(UrlError, match=r"a\.example"):
        FullWish("https://a.example/f", **fields).source(NOW)


def test_the_format_is_known_by_the_files_name(tmp_path: Path) -> None:
    """
    Labels of the command are added to each source.
    """
    file = tmp_path / "sources.yaml"
    file.write_bytes(FILE)
    wishes, refused = from_file(file, {"tier": "two"})

    assert [wish.labels["tier"] for wish in wishes] == ["two"] * 3
    assert refused == []
    with pytest.raises(InputFileError):
        from_file(tmp_path / "none.yml", {})
