from __future__ import annotations

import pytest

from services.cli.addresses import checked_url, looks_like_url
from services.cli.errors import UrlError


def test_a_url_loses_blanks_and_its_fragment_and_nothing_else() -> None:
    """
    What comes after `#` never reaches a server; everything else is the operator's.
    """
    kept = checked_url("  https://Example.org/a?b=1&utm_source=x#top ")

    assert kept == "https://Example.org/a?b=1&utm_source=x"


@pytest.mark.parametrize(
    "text",
    ["", "example.org/feed", "ftp://example.org/", "https://", "http:///path", "http://[", "http://host:99999/"],
)
def test_what_cannot_be_fetched_is_refused_with_a_next_step(text: str) -> None:
    """
    Only http(s) URLs with a host can be asked for.
    """
    with pytest.raises(UrlError) as told:
        checked_url(text)

    assert told.value.next_step


def test_a_password_never_reaches_a_topic_or_the_message() -> None:
    """
    Topics are read by many: a URL with credentials is refused, and the refusal does not repeat them.
    """
    with pytest.raises(UrlError) as told:
        checked_url("https://me:secret@example.org/feed")

    assert "secret" not in f"{told.value} {told.value.next_step}"


def test_a_url_longer_than_the_contract_allows_is_refused() -> None:
    """
    `FetchRequested.url` holds 4096 characters.
    """
    with pytest.raises(UrlError):
        checked_url("https://example.org/" + "a" * 4096)


@pytest.mark.parametrize(("text", "expected"), [("HTTPS://x.org", True), ("page.html", False), ("-", False)])
def test_a_url_is_told_from_a_file(text: str, expected: bool) -> None:
    """
    `try` takes both.
    """
    assert looks_like_url(text) is expected
