"""
Damage that knows nothing of markup: bits, runs of bytes, lines, charsets, ends.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from bench.fuzz.odd import size

Mutation = Callable[[Random, bytes, bytes], bytes]
"""`(rng, body, body of another page) -> body`."""

CODECS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp1252", "cp1251", "cp932", "gb18030",
          "big5",
          "euc_jp", "euc_kr", "iso2022_jp", "koi8_r", "iso8859_8", "cp1256", "tis_620", "cp437", "hz")  # fmt: skip
LABELS = (b"utf-8", b"UTF-16", b"utf-7", b"windows-1251", b"shift_jis", b"gb2312", b"x-user-defined", b"replacement",
          b"rot13",
          b"base64", b"idna", b"punycode", b"unicode_escape", b"zlib", b"hex", b"mbcs", b"undefined", b"", b"\xff",
          b"utf-8;",
          b"iso-2022-jp", b"hz-gb-2312", b"UTF8", b"none", b"raw_unicode_escape", b"a" * 500, b"../../etc",
          b"cp65001")  # fmt: skip
BOMS = (
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xff\xfe\x00\x00",
    b"\x00\x00\xfe\xff",
    b"\x2b\x2f\x76\x38",
    b"%PDF-",
    b"\x1f\x8b",
)
STRAY = (b"\x00", b"\xff", b"\xed\xa0\x80", b"\xed\xa0\xbd\xed\xb8\x80", b"\xc0\x80", b"\xf4\x90\x80\x80",
         b"\xef\xbf\xbe", b"\x1b$B",
         b"\x80", b"\xc3", b"\x1a", b"\x0c", b"\x0b", b"\x08", b"\x7f", b"\xc2\x85", b"\xe2\x80\xa8", b"\r", b"\r\n",
         b"~{")  # fmt: skip


def _span(rng: Random, body: bytes, top: int = 100_000) -> tuple[int, int]:
    start = rng.randrange(len(body) + 1)
    return start, min(len(body), start + size(rng, top))


def flip_bits(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Up to 200 single bits.
    """
    flipped = bytearray(body)
    for _ in range(size(rng, 200) if body else 0):
        flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


def cut_run(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    A run of bytes is missing.
    """
    start, end = _span(rng, body)
    return body[:start] + body[end:]


def double_run(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    A run of bytes comes several times.
    """
    start, end = _span(rng, body, 20_000)
    return body[:end] + body[start:end] * size(rng, 40) + body[end:]


def swap_runs(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Two neighbouring runs change places.
    """
    start, middle = _span(rng, body)
    end = min(len(body), middle + size(rng, 100_000))
    return body[:start] + body[middle:end] + body[start:middle] + body[end:]


def noise(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    A run of random bytes.
    """
    where, _ = _span(rng, body)
    return body[:where] + rng.randbytes(size(rng, 5000)) + body[where:]


def stray_bytes(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Null bytes, surrogates written as UTF-8, escape sequences, controls: once, many times, or between all.
    """
    stray = rng.choice(STRAY)
    if rng.random() < 0.1:
        return stray.join(body[index : index + 1] for index in range(min(len(body), 200_000)))
    for _ in range(size(rng, 50)):
        where, _ = _span(rng, body)
        body = body[:where] + stray * size(rng, 20) + body[where:]
    return body


def truncate(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    The connection broke.
    """
    return body[: rng.randrange(len(body) + 1)]


def splice(rng: Random, body: bytes, other: bytes) -> bytes:
    """
    The beginning of one page and the end of another.
    """
    return body[: rng.randrange(len(body) + 1)] + other[rng.randrange(len(other) + 1) :]


def recode(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Another encoding than the page says.
    """
    return body.decode("utf-8", "replace").encode(
        rng.choice(CODECS), rng.choice(("replace", "xmlcharrefreplace", "ignore"))
    )


def misread(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Mojibake: read in one encoding, written in another, once or twice.
    """
    for _ in range(rng.choice((1, 1, 2))):
        body = body.decode(rng.choice(("latin-1", "cp1252", "cp1251", "cp932")), "replace").encode()
    return body


def relabel(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Another encoding is declared than is used.
    """
    meta = b'<meta charset="' + rng.choice(LABELS) + b'">'
    xml = b'<?xml version="1.0" encoding="' + rng.choice(LABELS) + b'"?>'
    return rng.choice(
        (meta + body, xml + body, body.replace(b"utf-8", rng.choice(LABELS)).replace(b"UTF-8", rng.choice(LABELS)))
    )


def mark_order(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    A byte order mark, or the first bytes of something else.
    """
    return rng.choice(BOMS) * rng.choice((1, 1, 2)) + body


def shuffle_lines(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Lines in any order, or all on one line, or each byte on its own.
    """
    lines = body.splitlines(keepends=True)
    rng.shuffle(lines)
    return rng.choice(
        (b"".join(lines), b" ".join(body.split()), b"\n".join(body[:30_000].split(b" ")), body.swapcase())
    )


BYTEWISE: tuple[Mutation, ...] = (
    flip_bits, cut_run, double_run, swap_runs, noise, stray_bytes, truncate, splice, recode, misread, relabel,
    mark_order, shuffle_lines,
)  # fmt: skip
