"""
Reading a body in chunks, within a limit, through its content encoding. Knows bytes; the caller brings the socket.
"""

from __future__ import annotations

import zlib
from typing import Any, Protocol

import cramjam

from schemas.ids import sha256_hex
from services.fetcher.answers import TooLarge

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
"""What is advertised is what can be decoded within a limit."""

BOMB_RATIO = 100
"""Decoded bytes for each byte sent, above which a body over the limit is called a bomb. Pages reach about 20."""

_GZIP_MAGIC = b"\x1f\x8b"


class _Unpack(Protocol):
    def __call__(self, packed: Any, into: Any, /) -> int: ...


_WHOLE: dict[str, _Unpack] = {"br": cramjam.brotli.decompress_into, "zstd": cramjam.zstd.decompress_into}
"""Encodings that are unpacked when all has come, into a buffer that does not grow. The packed bytes are limited too."""

_BUFFER_FULL = "failed to write whole buffer"
"""How the unpacker says so; it has no exception of its own for it."""


class UnreadableBodyError(ValueError):
    """
    The content encoding is unknown, or its data is corrupt.
    """


class CutOffBodyError(UnreadableBodyError):
    """
    The encoded data ends before its end: not all of it has come.
    """


class Body:
    """
    A body that grows until it is complete or over its limit. At most the limit and one byte are ever kept.
    """

    def __init__(self, encoding: str | None, limit: int) -> None:
        """
        Start empty.

        Args:
            encoding: The Content-Encoding header.
            limit: Bytes after decoding.

        Raises:
            UnreadableBodyError: The encoding is none that was asked for.
        """
        name = (encoding or "identity").strip().lower()
        if name not in {"identity", "", "gzip", "x-gzip", "deflate", *_WHOLE}:
            raise UnreadableBodyError(f"Content-Encoding {name[:40]!r} was not asked for")
        self._encoding = name.removeprefix("x-").replace("identity", "")
        self._limit = limit
        self._decoded = bytearray()
        self._sent = 0
        self._unread = 0
        self._inflater: zlib._Decompress | None = None

    @property
    def is_over(self) -> bool:
        """
        Whether the limit is passed; nothing more needs to be read then.
        """
        return len(self._decoded) > self._limit or self._sent > self._limit

    @property
    def is_packed(self) -> bool:
        """
        Whether `end` has all of it to unpack still, which may take a while.
        """
        return self._encoding in _WHOLE

    def feed(self, chunk: bytes) -> None:
        """
        Take the next bytes as they came.

        Raises:
            UnreadableBodyError: They cannot be decoded.
        """
        if self.is_over:
            return
        if self._sent == 0:
            self._begin(chunk)
        self._sent += len(chunk)
        if self._inflater is None:
            self._decoded += chunk[: self._room()]
            return
        try:
            self._inflate(chunk)
        except zlib.error as error:
            raise UnreadableBodyError(f"Content-Encoding {self._encoding}: {error}") from None

    def end(self) -> None:
        """
        Nothing more comes: unpack what can only be unpacked as a whole.

        Raises:
            UnreadableBodyError: It cannot be decoded, or is not all there.
        """
        if self._inflater is not None and not (self.is_over or self._inflater.eof):
            raise CutOffBodyError(f"Content-Encoding {self._encoding}: the data ends too early")
        unpack = _WHOLE.get(self._encoding)
        if unpack is None or self.is_over or not self._decoded:
            return
        buffer = bytearray(self._limit + 1)
        try:
            size = unpack(self._decoded, buffer)
        except cramjam.DecompressionError as error:
            if str(error) != _BUFFER_FULL:
                raise UnreadableBodyError(f"Content-Encoding {self._encoding}: {error}") from None
            size = len(buffer)
        del buffer[size:]
        self._decoded = buffer

    def finish(self) -> bytes:
        """
        The body, decoded and complete.
        """
        return bytes(self._decoded)

    def too_large(self, kept_bytes: int, declared: str | None) -> TooLarge:
        """
        What is told of a body over the limit: its start, and the hash and length of what was read.
        """
        read = self.finish()
        ratio = len(read) / max(1, self._sent - self._unread)
        return TooLarge(
            is_bomb=ratio > BOMB_RATIO,
            head=read[:kept_bytes],
            read_bytes=len(read),
            read_sha256=sha256_hex(read),
            declared_bytes=int(declared) if declared and declared.isdecimal() and len(declared) < 19 else None,
        )

    def _room(self) -> int:
        return self._limit + 1 - len(self._decoded)

    def _begin(self, chunk: bytes) -> None:
        if self._encoding == "gzip" and _GZIP_MAGIC.startswith(chunk[:2]):
            self._inflater = zlib.decompressobj(31)
        elif self._encoding == "deflate":
            # Servers disagree whether "deflate" has a zlib header; browsers accept both.
            has_header = len(chunk) > 1 and chunk[0] & 0x0F == 8 and int.from_bytes(chunk[:2], "big") % 31 == 0
            self._inflater = zlib.decompressobj(15 if has_header else -15)

    def _inflate(self, chunk: bytes) -> None:
        while chunk and self._inflater is not None and self._room() > 0:
            self._decoded += self._inflater.decompress(chunk, self._room())
            chunk = self._inflater.unconsumed_tail
            if self._inflater.eof:
                chunk = self._next_member()
        self._unread = len(chunk)

    def _next_member(self) -> bytes:
        assert self._inflater is not None
        rest = self._inflater.unused_data
        if rest.startswith(_GZIP_MAGIC):
            self._inflater = zlib.decompressobj(31)
            return rest
        return b""
