"""
From bytes to text. What the page says about its encoding is evidence; what its bytes can be is checked.

Order of the evidence as in the WHATWG HTML standard, "determining the character encoding": byte order mark, HTTP
header, `meta` in the first bytes, then guesses. Unlike a browser, which shows mojibake, a candidate that gives text of
no language is passed over, and where none is left the page is undecodable.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from charset_normalizer import from_bytes

from services.cleaner.page.charsets import codec_of, codec_of_language, is_web_codec, is_western, oddness

PRESCAN_BYTES = 4096
"""The standard says 1024; pages in the wild put the declaration later."""

MAX_ODDNESS = 0.1
"""Share of characters beyond ASCII that may look wrong in a text that is believed."""

MAX_BROKEN = 0.05
"""Share of characters beyond ASCII that may be broken in the encoding that a page declares."""

MAX_CONTROLS = 0.02
"""Share of all characters that may be control characters; above it, bytes are no text."""

DETECT_BYTES = 20_000

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_MAGIC = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF8", "GIF image"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"RIFF", "RIFF media"),
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)")
_XML = re.compile(rb"\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)")
_LANG = re.compile(rb"<html[^>]{0,500}?\slang\s*=\s*[\"']?([A-Za-z-]{2,12})", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_CONTROL_BYTES = bytes((*range(9), 0x0B, *range(0x0E, 0x20), 0x7F))
"""In each encoding of the web a control character is one of these bytes: where there is none, none is in the text."""

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_MULTIBYTE = frozenset({"gb18030", "big5hkscs", "euc_jp", "cp932", "cp949"})


@dataclass(frozen=True)
class Decoded:
    """
    A page's text, the codec that gave it, and where that codec was learned: bom, header, meta, language or detection.
    """

    text: str
    codec: str
    source: str
    utf8: bytes | None = field(default=None, compare=False, repr=False)
    """What it was decoded from, where that is the very text in UTF-8."""


@dataclass(frozen=True)
class Undecodable:
    """
    Why bytes are no text.
    """

    detail: str


@dataclass(frozen=True)
class _Candidate:
    codec: str
    source: str


def decode(body: bytes, content_type: str | None, language: str | None = None) -> Decoded | Undecodable:
    """
    Decode a page.

    Args:
        body: As delivered.
        content_type: The Content-Type header.
        language: What a feed said of the page's language, as a last hint.
    """
    for magic, name in _MAGIC:
        if body.startswith(magic):
            return Undecodable(name)
    stated = _stated(body, content_type)
    found = _by_bom(body) or _by_utf8(body, stated) or _by_statement(body, stated) or _by_guess(body, language)
    if found is None:
        return Undecodable("no encoding gives text; declared: " + (_names(stated) or "none"))
    has_controls = any(byte in body for byte in _CONTROL_BYTES)
    text = _CONTROLS.sub("", found.text) if has_controls else found.text
    if len(found.text) - len(text) > MAX_CONTROLS * len(found.text):
        return Undecodable(f"binary: control characters in what {found.codec} gives")
    text = text.removeprefix("\ufeff")
    return Decoded(text, found.codec, found.source, found.utf8 if len(text) == len(found.text) else None)


def _names(stated: list[_Candidate]) -> str:
    return ", ".join(f"{candidate.codec} ({candidate.source})" for candidate in stated)


def _stated(body: bytes, content_type: str | None) -> list[_Candidate]:
    start = body[:PRESCAN_BYTES].lower()
    header, meta, xml = _HEADER.search(content_type or ""), _META.search(start), _XML.match(start)
    labels = [(header and header[1], "header"), *((m and m[1].decode("ascii", "replace"), "meta") for m in (meta, xml))]
    found: list[_Candidate] = []
    for label, source in labels:
        codec = codec_of(label)
        # A meta element that could be read at all was not UTF-16.
        if codec and source == "meta" and codec.startswith("utf-16"):
            codec = "utf-8"
        if codec and codec not in [candidate.codec for candidate in found]:
            found.append(_Candidate(codec, source))
    return found


def _by_bom(body: bytes) -> Decoded | None:
    for bom, codec in _BOMS:
        if body.startswith(bom):
            return _read(body[len(bom) :], _Candidate(codec, "bom"))
    return None


def _by_utf8(body: bytes, stated: list[_Candidate]) -> Decoded | None:
    """
    Bytes that are UTF-8, but for a stray one, are UTF-8, whatever the page says: no other encoding looks like it by
    chance, except the seven-bit ones and, in very short texts, the double-byte ones.
    """
    first = stated[0] if stated else None
    if first and first.codec == "iso2022_jp" and b"\x1b" in body:
        return None
    if first and first.codec.startswith("utf-16") and b"\0" in body[:PRESCAN_BYTES]:
        return None
    source = next((candidate.source for candidate in stated if candidate.codec == "utf-8"), "detection")
    try:
        found: Decoded | None = Decoded(body.decode("utf-8"), "utf-8", source, body)
    except UnicodeDecodeError:
        found = _read_broken(body, _Candidate("utf-8", source))
    if found and first and first.codec in _MULTIBYTE and _is_short(found.text):
        return None
    return found


def _is_short(text: str) -> bool:
    return 0 < len(text) - len(text.encode("ascii", "ignore")) < 6


def _by_statement(body: bytes, stated: list[_Candidate]) -> Decoded | None:
    """
    Of the encodings that header and meta name, the first that gives text without fault, else with little fault.
    """
    strict = (_read(body, candidate) for candidate in stated)
    lenient = (_read_broken(body, candidate) for candidate in (*stated, _Candidate("utf-8", "detection")))
    return next((found for found in (*strict, *lenient) if found), None)


def _by_guess(body: bytes, language: str | None) -> Decoded | None:
    lang = _LANG.search(body[:PRESCAN_BYTES])
    for name in (lang and lang[1].decode("ascii"), language):
        codec = codec_of_language(name)
        if codec and (found := _read(body, _Candidate(codec, "language"))):
            return found
    found = next((found for found in (_read(body, candidate) for candidate in _detected(body)) if found), None)
    if found is None:
        found = _read(body, _Candidate("cp1252", "detection"))
        found = found if found and is_western(found.text) else None
    return found


def _detected(body: bytes) -> Iterator[_Candidate]:
    sample = _sample(body)
    for match in from_bytes(sample, preemptive_behaviour=False) if sample else ():
        codec = codec_of(match.encoding.replace("_", "-")) or match.encoding
        # Bytes seldom fit a double-byte encoding by chance. Among the single-byte ones the library's answer is a coin
        # toss unless it recognises a language.
        is_sure = match.chaos < MAX_ODDNESS if codec in _MULTIBYTE else match.coherence > 0 and is_web_codec(codec)
        if is_sure:
            yield _Candidate(codec, "detection")


def _sample(body: bytes) -> bytes:
    text = re.sub(rb"(?is)<(script|style)\b.*?(?:</\1>|\Z)|<[^>]{0,2000}>", b" ", body)
    lines = [line for line in text.splitlines() if _BEYOND_ASCII.search(line)]
    return b"\n".join(lines)[:DETECT_BYTES]


def _read(body: bytes, candidate: _Candidate) -> Decoded | None:
    try:
        text = body.decode(candidate.codec)
    except (UnicodeDecodeError, LookupError):
        return None
    return Decoded(text, candidate.codec, candidate.source) if oddness(text) <= MAX_ODDNESS else None


def _read_broken(body: bytes, candidate: _Candidate) -> Decoded | None:
    text = body.decode(candidate.codec, "replace")
    broken = text.count("\ufffd")
    sound = len(text) - len(text.encode("ascii", "ignore")) - broken
    if broken > max(MAX_BROKEN * sound, min(3, sound // 3)) or oddness(text.replace("\ufffd", "")) > MAX_ODDNESS:
        return None
    return Decoded(text, candidate.codec, candidate.source)
