"""
Records as they lie in a WARC file, found again behind whatever is broken. Knows bytes; the caller brings the file.

A compressed file holds a gzip member for each record (WARC 1.1, annex D), so that a record that is damaged, or lies
about its length, harms itself only. In an uncompressed one each record has to end where the next begins.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import SEEK_END
from typing import BinaryIO

from schemas.events import MAX_BODY_BYTES

PIECE_BYTES = MAX_BODY_BYTES + 1024 * 1024
"""Kept of a record at most: a body, and room for its heads and the marks of its chunks."""

HEAD_BYTES = 64 * 1024
"""A longer head is none."""

GZIP = b"\x1f\x8b\x08"
BEGIN = b"WARC/"

_BLOCK = 64 * 1024
_SEARCHED = 1024 * 1024
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^content-length:[ \t]*([0-9]{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_ENDS = b"\r\n\r\n"
"""Stands behind a record; of a sloppy writer less."""


@dataclass(frozen=True)
class Piece:
    """
    A record, or a stretch in which none can be read.

    Attributes:
        start: Its first byte in the file.
        end: The byte behind its last.
        data: Uncompressed, its first `PIECE_BYTES`; None where it cannot be read.
        is_cut: There is more of it.
    """

    start: int
    end: int
    data: bytes | None = None
    is_cut: bool = False


class OnePieceError(ValueError):
    """
    The file is compressed as a whole: no record has a place of its own in it.
    """


def pieces(file: BinaryIO, start: int) -> Iterator[Piece]:
    """
    The records of a file from a place on where one begins, one at a time.

    Raises:
        OnePieceError: There are several in one gzip member.
        OSError: The file cannot be read.
    """
    file.seek(0)
    is_packed = file.read(len(GZIP)) == GZIP
    at = start
    while (piece := _member(file, at) if is_packed else _record(file, at)) is not None:
        if piece.data is None:
            piece = Piece(at, _next(file, at + 1, is_packed=is_packed))
        yield piece
        at = piece.end


def head_of(data: bytes | bytearray) -> tuple[int, int] | None:
    """
    Where the head of a record ends, and how long its block says that it is; None where it does not say.
    """
    end = END_OF_HEAD.search(data, 0, HEAD_BYTES)
    stated = _LENGTH.search(data, 0, end.end()) if end else None
    return (end.end(), int(stated[1])) if end and stated else None


def _member(file: BinaryIO, at: int) -> Piece | None:
    """
    The gzip member that begins here; without data if it is damaged; None at the end of the file.
    """
    file.seek(at)
    inflater, data, is_cut = zlib.decompressobj(31), bytearray(), False
    while not inflater.eof:
        packed = file.read(_BLOCK)
        if not packed:
            return Piece(at, at) if file.tell() > at else None
        try:
            while packed and not inflater.eof:
                data += inflater.decompress(packed, _SEARCHED)
                packed = inflater.unconsumed_tail
                if len(data) > PIECE_BYTES:
                    is_cut = True
                    del data[PIECE_BYTES:]
        except zlib.error:
            return Piece(at, at)
    if not data.startswith(BEGIN):
        return Piece(at, at)
    _refuse_several(data)
    return Piece(at, file.tell() - len(inflater.unused_data), bytes(data), is_cut)


def _refuse_several(data: bytearray) -> None:
    head = head_of(data)
    behind = 0 if head is None else sum(head)
    if 0 < behind < len(data) and data[behind : behind + len(_ENDS + BEGIN)].lstrip(b"\r\n").startswith(BEGIN):
        raise OnePieceError


def _record(file: BinaryIO, at: int) -> Piece | None:
    """
    The uncompressed record that begins here; without data if it does not end where the next begins.
    """
    file.seek(at)
    start = file.read(HEAD_BYTES)
    if not start:
        return None
    head = head_of(start) if start.startswith(BEGIN) else None
    if head is None:
        return Piece(at, at)
    size, total = sum(head), file.seek(0, SEEK_END)
    file.seek(at + size)
    behind = file.read(len(_ENDS + BEGIN))
    rest = behind.lstrip(b"\r\n")
    swallows = at + size > total and _next(file, at + 1, is_packed=False) < total
    is_ended = not rest or rest.startswith(BEGIN) or behind.startswith(_ENDS)
    if swallows or not is_ended:
        return Piece(at, at)
    file.seek(at)
    kept = file.read(min(size, PIECE_BYTES))
    return Piece(at, min(total, at + size + len(behind) - len(rest)), kept, size > PIECE_BYTES)


def _next(file: BinaryIO, at: int, *, is_packed: bool) -> int:
    """
    Where the next record begins, as far as can be told; the end of the file where none does.
    """
    mark = GZIP if is_packed else b"\n" + BEGIN
    shift = 0 if is_packed else 1
    while True:
        file.seek(at)
        block = file.read(_SEARCHED)
        found = block.find(mark)
        if found >= 0:
            at += found + shift
            if not is_packed or _begins(file, at):
                return at
            at += 1
        elif len(block) < _SEARCHED:
            return at + len(block)
        else:
            at += len(block) - len(mark) + 1


def _begins(file: BinaryIO, at: int) -> bool:
    """
    Whether a gzip member with a record begins here: the three bytes alone stand in compressed data too.
    """
    file.seek(at)
    try:
        return zlib.decompressobj(31).decompress(file.read(_BLOCK), len(BEGIN)) == BEGIN
    except zlib.error:
        return False
