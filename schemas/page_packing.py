"""
The form in which a table keeps pages of the frontier in memory, for there are millions: what is on the wire, shorter.

    a page that is done, nothing due:   form | digits of times and ids, two a byte | texts
    any other page:                     compressed, with what pages look like known before
    anything else:                      as it is

The bytes on the wire come back as they were. Nothing is made of them on the way: at a start there are millions of them.
"""

from __future__ import annotations

import re
import zlib
from binascii import unhexlify

from pydantic_core import to_json

from schemas.ids import article_bytes, article_id

OWN_ARTICLE, OTHER_ARTICLE = b"\1", b"\2"
"""Forms of what is at rest: the article is that of the page's own URL, or another, whose id is kept."""

COMPRESSED = b"\3"

ABSENT, ORIGIN, END = b"\x1d", b"\x1e", b"\x1f"
"""In texts, where JSON has no such bytes: there is none; scheme and host of the page's URL; between two of them."""

_TIME, _TEXT = rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)", rb'([^"\\]*(?:\\.[^"\\]*)*)'
_AT_REST = re.compile(
    rb'"state":"done","changedAt":"%(time)s","attempts":0'
    rb'(?:,"etag":"%(text)s")?(?:,"lastModified":"%(text)s")?,"fetchedAt":"%(time)s","articleId":"([0-9a-f-]{36})"'
    rb',"requestId":"%(text)s"(?:,"sourceUrl":"%(text)s")?'
    rb',"hints":{(?:"title":"%(text)s",)?(?:"modified":"%(text)s",)?"labels":{}},"chain":\[\]'
    rb',"items":\["([0-9a-f]{16})"\],"bornAt":"%(time)s","tdmRules":\[\]}' % {b"time": _TIME, b"text": _TEXT}
)
_PUNCTUATION = b"-:.TZ"
_SEEN = (
    b'"hints":{"title":"","summary":"","content":"","author":"","published":"","modified":"","language":"","guid":"'
    b'","labels":{}},"chain":[],"items":["],"bornAt":"20-","tdmRules":[]}{"url":"https://www..com/202","kind":"page",'
    b'"state":"waiting"done","changedAt":"2026-11-22T12:00:00.000Z","dueAt":"2026-11-22T13:00:00.000Z","attempts":0,'
    b'"etag":"W/\\"","lastModified":"Sun, 22 Nov 2026 12:00:00 GMT","fetchedAt":"2026-11-22T12:00:00.000Z",'
    b'"articleId":"","requestId":"","traceparent":"00-","origin":{"topic":"news.fetch.requested","partition":0,'
    b'"offset":},"discoveredAt":"2026-11-22T12:00:00.000Z","sourceUrl":"https://www..com/feed'
)
"""What zlib may refer to; never kept beyond the process, so that it may change."""
_DIGITS, _ID_DIGITS = 68, 32
"""Of three times, one digest and a zero, so that it is even; of an id."""


def is_at_rest(kept: bytes) -> bool:
    """
    Whether something is kept as a page that is done and of which nothing is due.
    """
    return kept[:1] in {OWN_ARTICLE, OTHER_ARTICLE}


def may_lead_to(kept: bytes, article: str) -> bool:
    """
    Whether a page may lead to an article other than that of its own URL, by what is kept of it.
    """
    if kept.startswith(OWN_ARTICLE):
        return False
    if kept.startswith(OTHER_ARTICLE):
        return unhexlify(article.replace("-", "")) in kept
    return article.encode() in unpack_page("", kept)


def pack_page(url: str, wire: bytes) -> bytes:
    """
    Shorten an entry as it is on the wire; what is no page of that URL is returned as it is.

    Raises:
        ValueError: It is no JSON object.
    """
    if not wire.startswith(b"{"):
        raise ValueError(f"no JSON object: {wire[:40]!r}")
    start = _start(url)
    if not wire.startswith(start):
        return wire
    found = _AT_REST.fullmatch(wire, len(start))
    if found is None:
        return COMPRESSED + _compressed(wire)
    changed, etag, stamp, fetched, article, request, source, title, modified, digest, born = found.groups(ABSENT)
    is_own = unhexlify(article.replace(b"-", b"")) == article_bytes(url)
    form = OWN_ARTICLE if is_own else OTHER_ARTICLE
    digits = b"".join((changed, fetched, born, digest, b"0" if is_own else b"0" + article))
    texts = END.join((etag, stamp, request, source, title, modified))
    return form + unhexlify(digits.translate(None, _PUNCTUATION)) + texts.replace(_origin(url), ORIGIN)


def unpack_page(url: str, kept: bytes) -> bytes:
    """
    What was on the wire under a URL.
    """
    if kept.startswith(COMPRESSED):
        return zlib.decompressobj(-zlib.MAX_WBITS, _SEEN).decompress(kept[1:])
    if not is_at_rest(kept):
        return kept
    size = (_DIGITS if kept.startswith(OWN_ARTICLE) else _DIGITS + _ID_DIGITS) // 2 + 1
    digits, texts = kept[1:size].hex(), kept[size:].replace(ORIGIN, _origin(url)).split(END)
    article = str(article_id(url)) if kept.startswith(OWN_ARTICLE) else _uuid(digits[_DIGITS:])
    etag, stamp, request, source, title, modified = texts
    return b"".join(
        (
            _start(url),
            f'"state":"done","changedAt":"{_time(digits)}","attempts":0'.encode(),
            _field(b',"etag":"', etag, b'"'),
            _field(b',"lastModified":"', stamp, b'"'),
            f',"fetchedAt":"{_time(digits[17:])}","articleId":"{article}"'.encode(),
            _field(b',"requestId":"', request, b'"'),
            _field(b',"sourceUrl":"', source, b'"'),
            b',"hints":{',
            _field(b'"title":"', title, b'",'),
            _field(b'"modified":"', modified, b'",'),
            f'"labels":{{}}}},"chain":[],"items":["{digits[51:67]}"],"bornAt":"{_time(digits[34:])}"'.encode(),
            b',"tdmRules":[]}',
        )
    )


def _compressed(wire: bytes) -> bytes:
    # Each page is packed twice on its way; a level higher takes twice the time for a twentieth of the space.
    deflate = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS, memLevel=5, zdict=_SEEN)
    return deflate.compress(wire) + deflate.flush()


def _start(url: str) -> bytes:
    return b'{"url":%b,"kind":"page",' % to_json(url)


def _origin(url: str) -> bytes:
    return "/".join(url.split("/", 3)[:3]).encode() or END


def _field(before: bytes, text: bytes, after: bytes) -> bytes:
    return b"" if text == ABSENT else before + text + after


def _time(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:12]}:{digits[12:14]}.{digits[14:17]}Z"


def _uuid(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))
