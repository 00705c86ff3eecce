"""
Reading feeds: RSS 0.9x, 1.0, 2.0 and Atom, from bytes, without any network and without what a DOCTYPE declares.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Mapping
from typing import Any, cast

import feedparser

from schemas.parts import Hints
from schemas.state import Pace
from services.fetcher.doctypes import without_doctype
from services.fetcher.listings import MAX_ENTRIES, Entry, Listing, NotAListError, cut

UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")

FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})

MAX_FEED_BYTES = 5 * 1024 * 1024
"""Beyond it the parser takes longer than one record may."""

PARSER_FALLS = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What the parser was seen to raise, or may, where a document is broken in ways that it does not expect."""

MAX_DEPTH = 2000
"""The parser's time grows with the square of the depth. Unclosed tags count, so that feeds by hand come far from it."""

SEARCHED_BYTES = 256 * 1024
"""Where a channel states its hours and days, if it does: before its items."""

_SKIPPED = re.compile(rb"<skip(hours|days)\b[^>]*>(.{0,2000}?)</skip\1>", re.DOTALL | re.IGNORECASE)
_SKIPPED_HOUR = re.compile(rb"<hour\b[^>]*>\s*(\d{1,2})\s*<", re.IGNORECASE)
_SKIPPED_DAY = re.compile(rb"<day\b[^>]*>\s*(\w{3})\w*\s*<", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(x[0-9a-f]{1,20}|[0-9]{1,20});", re.IGNORECASE)
_ENCODING = re.compile(rb"(?<=\s)encoding\s*=\s*(?:'[^']{0,100}'|\"[^\"]{0,100}\")")
_TAG = re.compile(rb"<(/?)[A-Za-z][^<>]*>")
_CDATA = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_ADDRESS_AND_NAME = re.compile(r"[^\s()@]+@[^\s()@]+\s*\(([^()]+)\)")
_DAYS = (b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun")


def read_feed(body: bytes, url: str, content_type: str | None) -> Listing:
    """
    Read a feed document; relative links are resolved against the URL that it was fetched from.

    Raises:
        NotAListError: It is none, or is broken so that nothing can be read of it.
    """
    if len(body) > MAX_FEED_BYTES:
        raise NotAListError(f"{len(body)} bytes; of a feed at most {MAX_FEED_BYTES} are read")
    if body.startswith(UTF_16_MARKS):
        # The parser would take it for UTF-8 where it does not declare its encoding.
        body, content_type = _ENCODING.sub(b"", body.decode("utf-16", "replace").encode(), count=1), None
    body = without_doctype(body)
    if _is_too_deep(body):
        raise NotAListError(f"more than {MAX_DEPTH} elements inside each other")
    try:
        parsed = parse(body, url, content_type)
    except PARSER_FALLS:
        parsed = _parse_mended(body, url, content_type)
    entries = parsed["entries"]
    if not parsed.get("version") and not entries:
        raise NotAListError(str(parsed.get("bozo_exception") or "no feed element")[:200])
    is_atom = str(parsed.get("version")).startswith("atom")
    found = tuple(_entry(entry, parsed["feed"], url, is_atom=is_atom) for entry in entries[:MAX_ENTRIES])
    return Listing(found, pace=_pace(parsed["feed"], body), is_cut=len(entries) > MAX_ENTRIES)


def _parse_mended(body: bytes, url: str, content_type: str | None) -> Any:
    """
    Once more without what the parser falls over: references to no character, and an encoding whose name is none.
    """
    mended = _REFERENCE.sub(_existing, _ENCODING.sub(b"", body, count=1))
    try:
        return parse(mended, url, content_type)
    except PARSER_FALLS as error:
        raise NotAListError(f"{type(error).__name__}: {error}"[:200]) from None


def _existing(reference: re.Match[bytes]) -> bytes:
    digits = reference[1].lower()
    number = int(digits[1:], 16) if digits.startswith(b"x") else int(digits)
    is_surrogate = 0xD800 <= number <= 0xDFFF
    return reference[0] if number <= sys.maxunicode and not is_surrogate else b"&#xFFFD;"


def _is_too_deep(body: bytes) -> bool:
    depth = 0
    for tag in _TAG.finditer(_CDATA.sub(b"", body)):
        if tag[1]:
            depth = max(depth - 1, 0)
        elif not tag[0].endswith(b"/>"):
            depth += 1
        if depth > MAX_DEPTH:
            return True
    return False


def parse(body: bytes, url: str, content_type: str | None) -> Any:
    """
    The document as the parser sees it, its markup untouched.
    """
    headers = {"content-location": url} | ({"content-type": content_type} if content_type else {})
    return feedparser.parse(
        io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
    )


def warm() -> None:
    """
    Load what reading needs, once in each worker.
    """
    read_feed(
        b"<rss version='2.0'><channel><item><link>http://a.example/b</link></item></channel></rss>",
        "http://a.example/",
        None,
    )


def _entry(entry: Mapping[str, Any], feed: Mapping[str, Any], base: str, *, is_atom: bool) -> Entry:
    """
    The publisher's own link before a redirecting service's; an id only where it is a whole URL.
    """
    links = ((_text(entry, "feedburner_origlink"), base), (_text(entry, "link"), base), (_text(entry, "id"), None))
    return Entry(links, _hints(entry, feed, is_atom=is_atom))


def _hints(entry: Mapping[str, Any], feed: Mapping[str, Any], *, is_atom: bool) -> Hints:
    contents = [part.get("value") for part in _stated(entry, "content") or ()]
    published, modified = _text(entry, "published"), _text(entry, "updated")
    return Hints(
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        content=cut(max((text for text in contents if text), key=len, default=None)),
        author=_author(entry) or (_author(feed) if is_atom else None),
        published=published or modified,
        modified=modified if published and modified != published else None,
        language=_text(entry, "language") or _text(feed, "language"),
        guid=_text(entry, "id"),
    )


def _author(of: Mapping[str, Any]) -> str | None:
    """
    All who are named. RSS wants `address (name)`; Atom lets entries inherit the feed's authors (RFC 4287, 4.2.1).
    """
    stated = _text(of, "author")
    if stated is None:
        return None
    if (named := _ADDRESS_AND_NAME.fullmatch(stated)) is not None:
        return cut(named[1].strip())
    names = [str(author["name"]).strip() for author in _stated(of, "authors") or () if author.get("name")]
    return cut(", ".join(dict.fromkeys(names))) or stated


def _text(of: Mapping[str, Any], name: str) -> str | None:
    value = _stated(of, name)
    return cut(value.strip()) if isinstance(value, str) else None


def _stated(of: Mapping[str, Any], name: str) -> Any:
    # feedparser's own lookup falls back between fields; what is stated is what is wanted.
    return dict.get(cast("dict[str, Any]", of), name)


def _pace(feed: Mapping[str, Any], body: bytes) -> Pace | None:
    """
    `ttl` in minutes, `skipHours` and `skipDays` in GMT (RSS 2.0; hour 24 is 0, as in 0.92).
    """
    minutes = _text(feed, "ttl") or ""
    skipped = {found[1].lower(): found[2] for found in _SKIPPED.finditer(body[:SEARCHED_BYTES])}
    hours = {int(hour) % 24 for hour in _SKIPPED_HOUR.findall(skipped.get(b"hours", b""))}
    days = [day.lower() for day in _SKIPPED_DAY.findall(skipped.get(b"days", b""))]
    pace = Pace(
        ttl_s=int(minutes) * 60 if minutes.isdecimal() and minutes.isascii() and len(minutes) < 7 else 0,
        skip_hours=sorted(hours),
        skip_days=[number for number, day in enumerate(_DAYS) if day in days],
    )
    return pace if pace != Pace() else None
