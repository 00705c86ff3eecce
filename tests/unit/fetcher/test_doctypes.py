"""
XML without its DOCTYPE.
"""

from __future__ import annotations

import pytest

from services.fetcher.doctypes import without_doctype


@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE rss>",
        b"<!doctype rss SYSTEM 'http://a.example/a>b.dtd'>",
        b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://a.example/rss.dtd">',
        b"<!DOCTYPE rss [<!ENTITY a 'b'><!ENTITY % c SYSTEM \"file:///d\"> %c;]>",
        b"<!DOCTYPE rss [ <!-- don't ]> --> <!ENTITY a ']>'> ] >",
    ],
)
def test_it_goes_with_all_that_it_declares(doctype: bytes) -> None:
    """
    Brackets within quotes and comments do not end it.
    """
    assert without_doctype(b"<?xml version='1.0'?>" + doctype + b"<rss/>") == b"<?xml version='1.0'?><rss/>"


@pytest.mark.parametrize("start", [b"<rss><title>a > b</title></rss>", b"<!DOCTYPE rss [<!ENTITY a 'b'>", b""])
def test_what_has_none_or_none_that_ends_is_as_it_was(start: bytes) -> None:
    """
    The parser judges it.
    """
    assert without_doctype(start) == start


@pytest.mark.parametrize("inside", [b"<!--", b"<!DOCTYPE ", b"'", b"<", b"-->'", b"<!ENTITY a 'b'>"])
def test_it_takes_linear_time(inside: bytes) -> None:
    """
    Megabytes that never end are read once; this test would take hours otherwise.
    """
    start = b"<!DOCTYPE rss [" + inside * 200_000 + b"'"

    assert without_doctype(start) == start
