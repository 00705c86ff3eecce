"""
A record of a web archive as an answer, or why it is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO

from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from services.cli.backfill.answers import Capture, Left
from services.cli.backfill.pieces import END_OF_HEAD, HEAD_BYTES, Piece, head_of

ASKED = "News-Request-URI"
"""Our own field: the URL that was asked, where another one answered."""

TYPES = frozenset({"warcinfo", "request", "metadata", "revisit", "resource", "conversion", "continuation"})
"""What else there is in archives. A revisit holds no body: its first record may lie in another file."""

_STATUS_LINE = re.compile(r"HTTP/\d(?:\.\d)? ([1-5]\d\d)(?: |$)")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]*)?\r?\n")
_WARC = StatusAndHeadersParser(["WARC/1.1", "WARC/1.0", "WARC/0.18", "WARC/0.17"])
_HTTP = StatusAndHeadersParser([], verify=False)


def capture_of(piece: Piece) -> Capture | Left:
    """
    Read a record.

    Returns:
        Left: BROKEN_RECORD, the type of a record that is no response, NOT_HTTP, BODY_TOO_LARGE, TRUNCATED, BROKEN_HEAD.
    """
    head = head_of(piece.data) if piece.data is not None else None
    if piece.data is None or head is None:
        return Left("BROKEN_RECORD", "no record can be read here")
    begin, size = head
    block = piece.data[begin : begin + size]
    try:
        _, fields = _read(_WARC, piece.data[:begin])
        if (why := _unusable(fields, is_cut=piece.is_cut, is_short=len(block) < size)) is not None:
            return Left(why)
        url, moment = _url(fields), _moment(fields["warc-date"])
    except (KeyError, ValueError) as error:
        return Left("BROKEN_RECORD", f"its head: {error}"[:200])
    return _answer(Capture(url, moment, 0, {}, block, fields.get(ASKED.lower())))


def _unusable(fields: Mapping[str, str], *, is_cut: bool, is_short: bool) -> str | None:
    """
    Why a record is no complete answer of a web server; None if it is one.
    """
    kind = fields["warc-type"].lower()
    if kind != "response":
        return kind.upper() if kind in TYPES else "UNKNOWN_TYPE"
    if not _url(fields).lower().startswith(("http://", "https://")):
        return "NOT_HTTP"
    if is_cut:
        return "BODY_TOO_LARGE"
    is_part = not fields.keys().isdisjoint({"warc-truncated", "warc-segment-number"})
    return "TRUNCATED" if is_part or is_short else None


def _url(fields: Mapping[str, str]) -> str:
    # Some writers put it in angle brackets, as the grammar of WARC 1.0 had it.
    return fields["warc-target-uri"].strip("<>")


def _answer(kept: Capture) -> Capture | Left:
    """
    The same, with what its block says: status, headers, body.
    """
    end = END_OF_HEAD.search(kept.body, 0, HEAD_BYTES)
    if end is None:
        return Left("BROKEN_HEAD", "it has no end")
    try:
        line, headers = _read(_HTTP, kept.body[: end.end()])
    except ValueError as error:
        return Left("BROKEN_HEAD", str(error)[:200])
    status = _STATUS_LINE.match(line)
    if status is None:
        return Left("BROKEN_HEAD", line[:200])
    rest = kept.body[end.end() :]
    is_chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    body = unchunked(rest) if is_chunked else rest
    if body is None:
        return Left("TRUNCATED", "a chunk is missing")
    return Capture(kept.url, kept.fetched_at, int(status[1]), headers, body, kept.asked)


def unchunked(body: bytes) -> bytes | None:
    """
    A body without the marks of its chunks; None if the last is missing. Many archives keep the header and have undone
    the chunks: where none begins there is nothing to undo.
    """
    if _CHUNK.match(body) is None:
        return body
    parts: list[bytes] = []
    at = 0
    while (mark := _CHUNK.match(body, at)) is not None:
        size = int(mark[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[mark.end() : mark.end() + size])
        at = mark.end() + size
        at += 2 if body.startswith(b"\r\n", at) else 1
    return None


def _read(parser: StatusAndHeadersParser, head: bytes) -> tuple[str, Mapping[str, str]]:
    """
    The first line of a head, and its fields by lower-case name; several of one name are joined by a comma, as the
    fetcher's client does.

    Raises:
        ValueError: It is no such head.
    """
    try:
        found = parser.parse(BytesIO(head))
    except (StatusAndHeadersParserException, EOFError) as error:
        raise ValueError(str(error)) from None
    joined: dict[str, str] = {}
    for name, value in found.headers:
        key = name.lower()
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return f"{found.protocol} {found.statusline}", joined


def _moment(stated: str) -> datetime:
    moment = datetime.fromisoformat(stated)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
