"""
One spelling for each URL.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.fetcher.urls import (
    MAX_URL_CHARS,
    UnsupportedSchemeError,
    authority_of,
    host_of,
    is_site_root,
    normalise,
    origin_of,
    port_of,
    robots_url,
)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("  https://example.org/a\n", "https://example.org/a"),
        ("https://example.org./a", "https://example.org/a"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("http://example.org:8080/a", "http://example.org:8080/a"),
        ("https://example.org/a#top", "https://example.org/a"),
        ("https://user:secret@example.org/a", "https://example.org/a"),
        ("https://example.org/a/./b/../c", "https://example.org/a/c"),
        ("https://example.org/a/%2e%2E/b", "https://example.org/b"),
        ("https://example.org/%7euser/%c3%a9", "https://example.org/~user/%C3%A9"),
        ("https://example.org/caf\u00e9 x", "https://example.org/caf%C3%A9%20x"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/?q=it's^", "https://example.org/?q=it%27s^"),
        ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/"),
        ("https://stra\u00dfe.example/", "https://xn--strae-oqa.example/"),
        ("https://\u2615.example/", "https://xn--53h.example/"),
        ("https:\\\\example.org\\a", "https://example.org/a"),
        ("https:example.org/a", "https://example.org/a"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://\uff11\uff12\uff17.0.0.1/", "http://127.0.0.1/"),
        ("http://127.1../", "http://127.0.0.1/"),
        ("http://[0:0::1]:80/", "http://[::1]/"),
        ("https://example.org/a?", "https://example.org/a"),
    ],
)
def test_spellings_of_one_url_become_one(written: str, normal: str) -> None:
    """
    Case, escapes, dots, default ports, fragments and spellings of addresses make no difference.
    """
    assert normalise(written) == normal


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("utm_source=rss&id=7", "?id=7"),
        ("id=7&UTM_Medium=x&fbclid=y&gclid=z", "?id=7"),
        ("utm%5Fsource=rss", ""),
        ("b=2&a=1", "?b=2&a=1"),
        ("utmost=1", "?utmost=1"),
    ],
)
def test_parameters_that_only_track_are_dropped(query: str, kept: str) -> None:
    """
    Others stay, in their order.
    """
    assert normalise(f"https://example.org/a?{query}") == f"https://example.org/a{kept}"


@pytest.mark.parametrize(
    ("reference", "resolved"),
    [
        ("b", "https://example.org/a/b"),
        ("/b?x=1", "https://example.org/b?x=1"),
        ("//other.example/b", "https://other.example/b"),
        ("../../b", "https://example.org/b"),
        ("?y=2", "https://example.org/a/page?y=2"),
        ("#top", "https://example.org/a/page?q=1"),
        ("", "https://example.org/a/page?q=1"),
        ("http:b", "http://b/"),
        ("https:b", "https://example.org/a/b"),
    ],
)
def test_references_are_resolved_against_a_base(reference: str, resolved: str) -> None:
    """
    As a browser resolves a link.
    """
    assert normalise(reference, "https://example.org/a/page?q=1") == resolved


@pytest.mark.parametrize("written", ["ftp://example.org/", "javascript:alert(1)", "file:///etc/passwd", "mailto:a@b.c"])
def test_other_schemes_are_told_apart(written: str) -> None:
    """
    They are URLs, but none that is fetched.
    """
    with pytest.raises(UnsupportedSchemeError):
        normalise(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "example.org",
        "http://",
        "http:///",
        "http://exa mple.org/",
        "http://a:b/",
        "http://a:65536/",
        "http://256.256.256.256/",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://a..b/",
        "http://./",
        f"http://{'a' * 64}.example/",
        f"http://{'a.' * 130}example/",
        "http://a%00b/",
        "http://example.org/" + "a" * MAX_URL_CHARS,
    ],
)
def test_what_is_no_url_is_refused(written: str) -> None:
    """
    Nothing is guessed.
    """
    with pytest.raises(ValueError):  # noqa: PT011 - the kind is the message
        normalise(written)


@given(
    st.builds(
        lambda host, path, query: f"http://{host}/{path}?{query}",
        st.text(st.characters(codec="utf-8"), max_size=12),
        st.text(st.sampled_from("ab./%25\\ \u00e9#?;&=~+2e"), max_size=20),
        st.text(st.sampled_from("ab&=%20utm_\u00e9'\"#+/?"), max_size=20),
    )
)
@example("http://a/%2%35")
@example("http://a/..%2f/..")
def test_normalising_twice_changes_nothing(written: str) -> None:
    """
    The normal form is a fixed point.
    """
    try:
        once = normalise(written)
    except ValueError:
        return

    assert normalise(once) == once


def test_parts_of_a_normal_url_are_told() -> None:
    """
    Origin, host, port and the place of its rules.
    """
    url = "https://example.org:8443/a/b?c=1"

    assert origin_of(url) == "https://example.org:8443"
    assert [authority_of(u) for u in (url, "http://a/", "http://[::1]:8080/")] == [
        "example.org:8443",
        "a",
        "[::1]:8080",
    ]
    assert [host_of(u) for u in (url, "http://a/", "http://[::1]:8080/")] == ["example.org", "a", "::1"]
    assert [port_of(u) for u in (url, "http://a/", "http://a:0/")] == [8443, 80, 0]
    assert robots_url(url) == "https://example.org:8443/robots.txt"
    assert (is_site_root("https://a/"), is_site_root("https://a/?p=1")) == (True, False)
