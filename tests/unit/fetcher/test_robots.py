"""
What a robots.txt allows.
"""

from __future__ import annotations

import time

import pytest

from services.fetcher.robots import MAX_ROBOTS_BYTES, Rules, decode_robots, rules_for, sitemaps_of


def allows(text: str, path: str, agent: str = "our-bot") -> bool:
    return rules_for(text, agent).is_allowed(f"https://example.org{path}")


def test_an_empty_file_allows_everything() -> None:
    """
    So does one without a group for us.
    """
    assert rules_for("", "our-bot") == Rules()
    assert allows("User-agent: other\nDisallow: /", "/a")


def test_a_group_of_our_own_replaces_the_one_for_everybody() -> None:
    """
    Names are compared without case, up to the first character that no name has.
    """
    text = "User-agent: *\nDisallow: /\n\nUSER-AGENT: Our-Bot/2.0\nDisallow: /private"

    assert allows(text, "/a")
    assert not allows(text, "/private/a")
    assert not allows(text, "/a", "another")


def test_groups_of_one_name_are_read_as_one() -> None:
    """
    Wherever they stand.
    """
    text = "User-agent: our-bot\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: our-bot\nDisallow: /b"

    assert [allows(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]


def test_an_unknown_line_does_not_end_the_names_of_a_group() -> None:
    """
    RFC 9309, 2.2: only rules do.
    """
    text = "User-agent: our-bot\nFoo: bar\nUser-agent: *\nDisallow: /"

    assert not allows(text, "/a")


@pytest.mark.parametrize(
    ("rules", "path", "is_allowed"),
    [
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a\nDisallow: /a", "/a", True),
        ("Disallow:", "/a", True),
        ("Disallow: /*.pdf$", "/a/b.pdf", False),
        ("Disallow: /*.pdf$", "/a/b.pdf?x=1", True),
        ("Disallow: /a*b*c", "/aXbYcZ", False),
        ("Disallow: /a*b*c", "/aXcYb", True),
        ("Disallow: /a*a$", "/a", True),
        ("Disallow: /a/%E3%82%B3", "/a/\u30b3", False),
        ("Disallow: /a/\u30b3", "/a/%E3%82%B3", False),
        ("Disallow: /%7Eme", "/~me/x", False),
        ("Disallow: /a%2Fb", "/a/b", True),
        ("Disallow: /a[1]", "/a[1]x", False),
        ("Disallow: /a$b", "/a%24b", False),
        ("Disallow: /?s=", "/?s=x", False),
        ("disallow /a # comment", "/a", False),
        ("Dissallow: /a", "/a", False),
    ],
)
def test_the_longest_matching_pattern_decides(rules: str, path: str, is_allowed: bool) -> None:
    """
    Stars and dollars are special; escapes are compared in one form.
    """
    assert allows(f"User-agent: *\n{rules}", path) == is_allowed


def test_crawl_delay_is_read_for_our_group() -> None:
    """
    In seconds; nonsense is no delay.
    """
    text = "User-agent: our-bot\nCrawl-delay: 2.5\nDisallow:\nUser-agent: *\nCrawl-delay: soon"

    assert rules_for(text, "our-bot").crawl_delay_s == 2.5
    assert rules_for(text, "other").crawl_delay_s is None


def test_bytes_become_text_whatever_they_are() -> None:
    """
    A byte order mark is dropped, what is no UTF-8 replaced, what is beyond 500 KiB ignored.
    """
    assert decode_robots(b"\xef\xbb\xbfUser-agent: *") == "User-agent: *"
    assert decode_robots(b"\xff") == "\ufffd"
    assert len(decode_robots(b"#" * MAX_ROBOTS_BYTES * 2)) == MAX_ROBOTS_BYTES


def test_a_hostile_pattern_takes_no_time() -> None:
    """
    Matching is linear: many stars do not multiply.
    """
    rules = rules_for("User-agent: *\nDisallow: /" + "*a" * 2000 + "b$", "our-bot")
    began = time.perf_counter()

    assert rules.is_allowed("https://example.org/" + "a" * 4000)
    assert time.perf_counter() - began < 0.5


def test_sitemaps_are_named_wherever_they_stand() -> None:
    """
    Each once, whatever the case, and not inside a remark.
    """
    text = (
        "SiteMap: https://a.example/1.xml # all\nUser-agent: x\n  sitemap:/2.xml\n#Sitemap: /3.xml\nSitemap: /2.xml\n"
    )

    assert sitemaps_of(text) == ("https://a.example/1.xml", "/2.xml")
