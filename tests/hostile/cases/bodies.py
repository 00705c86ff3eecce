"""
Bodies: without end, without a beginning, of another length than is said, and larger than they seem.
"""

from __future__ import annotations

import gzip
import zlib

import cramjam

from tests.hostile.case import STORY, Case, cases
from tests.hostile.server import Visit, answer

MIB = 1024 * 1024

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def packed(body: bytes, encoding: str, *, length: int | None = None) -> bytes:
    """
    A page in a content encoding, or in what is called one.
    """
    return answer(200, body, content_encoding=encoding, content_length=str(len(body) if length is None else length))


def chunks(*sizes_and_data: tuple[bytes, bytes], end: bytes = b"0\r\n\r\n") -> bytes:
    """
    A chunked answer, each chunk with the size that is said of it.
    """
    body = b"".join(size + b"\r\n" + data + b"\r\n" for size, data in sizes_and_data)
    return _HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + body + end


async def _endless(visit: Visit) -> None:
    await visit.send(_HEAD + b"\r\n")
    while True:
        await visit.send(b"<p>and on" * 1000)


async def _endless_chunks(visit: Visit) -> None:
    await visit.send(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        await visit.send(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")


async def _endless_gzip(visit: Visit) -> None:
    """
    Never more than a few bytes at a time, and each of them a thousand.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    await visit.send(_HEAD + b"Content-Encoding: gzip\r\n\r\n")
    while True:
        await visit.send(packer.compress(bytes(100_000)) + packer.flush(zlib.Z_SYNC_FLUSH))


async def _endless_empty_members(visit: Visit) -> None:
    await visit.send(_HEAD + b"Content-Encoding: gzip\r\n\r\n")
    while True:
        await visit.send(gzip.compress(b"") * 500)


async def _drip(visit: Visit) -> None:
    await visit.send(_HEAD + b"Content-Length: 1000\r\n\r\n", *[b"x"] * 1000, every_s=0.2)


async def _drip_of_chunks(visit: Visit) -> None:
    await visit.send(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 100, every_s=0.2)


async def _drip_of_a_chunk_size(visit: Visit) -> None:
    await visit.send(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"0"] * 100, every_s=0.2)


async def _endless_extension(visit: Visit) -> None:
    await visit.send(_HEAD + b"Transfer-Encoding: chunked\r\n\r\na;x=")
    while True:
        await visit.send(b"y" * 10_000, every_s=0.01)


async def _falls_silent(visit: Visit) -> None:
    await visit.send(_HEAD + b"Content-Length: 1000\r\n\r\n<p>It held", every_s=60)


async def _resets(visit: Visit) -> None:
    await visit.send(_HEAD + b"Content-Length: 1000\r\n\r\n<p>It held")
    visit.writer.transport.abort()


async def _endless_error(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 99999999\r\n\r\n")
    while True:
        await visit.send(b"x" * 10_000)


def _brotli(data: bytes) -> bytes:
    return bytes(cramjam.brotli.compress(data, level=3))


def _zstd(data: bytes) -> bytes:
    return bytes(cramjam.zstd.compress(data, level=3))


_ZEROES = bytes(4 * MIB)
_GZIP = gzip.compress(STORY * 20)

LENGTHS = cases(
    endless_body=(_endless, "letter BODY_TOO_LARGE"),
    endless_chunks=(_endless_chunks, "letter BODY_TOO_LARGE"),
    length_of_gigabytes=(packed(b"x" * 200_000, "", length=10**15), "letter BODY_TOO_LARGE"),
    length_too_long=(answer(200, STORY, content_length="5000"), "TRY_AGAIN PROTOCOL_ERROR"),
    length_too_short=(answer(200, STORY, content_length="20"), "TRY_AGAIN PROTOCOL_ERROR"),
    length_negative=(answer(200, STORY, content_length="-5"), "TRY_AGAIN PROTOCOL_ERROR"),
    length_of_letters=(answer(200, STORY, content_length="many"), "TRY_AGAIN PROTOCOL_ERROR"),
    length_with_a_plus=(answer(200, STORY, content_length=f"+{len(STORY)}"), "TRY_AGAIN PROTOCOL_ERROR"),
    length_twice=(
        _HEAD + b"Content-Length: 5\r\nContent-Length: 500\r\n\r\n" + STORY,
        "TRY_AGAIN PROTOCOL_ERROR",
    ),
    length_and_chunks=(
        _HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<p>a\n\r\n0\r\n\r\n",
        "TRY_AGAIN PROTOCOL_ERROR",
    ),
    length_unstated=(answer(200, STORY, content_length=""), "PAGE_FETCHED"),
    length_zero=(answer(200, b""), "EMPTY_BODY"),
    only_spaces=(answer(200, b" \r\n\t" * 900), "EMPTY_BODY"),
    chunk_longer_than_said=(chunks((b"3", STORY)), "TRY_AGAIN PROTOCOL_ERROR"),
    chunk_shorter_than_said=(chunks((b"fff", b"<p>It held")), "TRY_AGAIN PROTOCOL_ERROR"),
    chunk_of_endless_size=(chunks((b"f" * 40, STORY)), "TRY_AGAIN PROTOCOL_ERROR"),
    chunk_of_negative_size=(chunks((b"-1", STORY)), "TRY_AGAIN PROTOCOL_ERROR"),
    chunk_of_no_size=(chunks((b"", STORY)), "TRY_AGAIN PROTOCOL_ERROR"),
    chunk_never_last=(chunks((b"a", b"<p>It held"), end=b""), "TRY_AGAIN PROTOCOL_ERROR"),
    chunk_with_long_extension=(chunks((b"a;x=" + b"y" * 200_000, b"<p>It held")), "PAGE_FETCHED"),
    chunk_with_endless_extension=(_endless_extension, "TRY_AGAIN TIMED_OUT"),
    chunk_with_long_trailer=(
        chunks((b"a", b"<p>It held"), end=b"0\r\nX: " + b"y" * 200_000),
        "TRY_AGAIN PROTOCOL_ERROR",
    ),
    drip=(_drip, "TRY_AGAIN TIMED_OUT"),
    drip_of_chunks=(_drip_of_chunks, "TRY_AGAIN TIMED_OUT"),
    drip_of_a_chunk_size=(_drip_of_a_chunk_size, "TRY_AGAIN TIMED_OUT"),
    falls_silent=(_falls_silent, "TRY_AGAIN TIMED_OUT"),
    resets=(_resets, "TRY_AGAIN PROTOCOL_ERROR"),
    endless_error=(_endless_error, "NOT_FOUND"),
)

ENCODINGS = cases(
    bomb_gzip=(packed(gzip.compress(_ZEROES), "gzip"), "letter DECOMPRESSION_BOMB"),
    bomb_deflate=(packed(zlib.compress(_ZEROES), "deflate"), "letter DECOMPRESSION_BOMB"),
    bomb_br=(packed(_brotli(_ZEROES), "br"), "letter DECOMPRESSION_BOMB"),
    bomb_zstd=(packed(_zstd(_ZEROES), "zstd"), "letter DECOMPRESSION_BOMB"),
    bomb_without_end=(_endless_gzip, "letter DECOMPRESSION_BOMB"),
    bomb_of_empty_members=(_endless_empty_members, "letter BODY_TOO_LARGE"),
    bomb_in_a_bomb=(packed(gzip.compress(gzip.compress(bytes(MIB))), "gzip, gzip"), "letter UNREADABLE_BODY"),
    bomb_in_another=(packed(_brotli(gzip.compress(bytes(MIB))), "gzip, br"), "letter UNREADABLE_BODY"),
    encodings_by_the_dozen=(packed(STORY, ", ".join(["gzip"] * 500)), "letter UNREADABLE_BODY"),
    gzip_cut_off=(packed(_GZIP[:-30], "gzip"), "TRY_AGAIN PROTOCOL_ERROR"),
    deflate_cut_off=(packed(zlib.compress(STORY)[:-9], "deflate"), "TRY_AGAIN PROTOCOL_ERROR"),
    gzip_corrupt=(packed(_GZIP[:40] + b"\xff" * 40 + _GZIP[80:], "gzip"), "letter UNREADABLE_BODY"),
    gzip_of_wrong_sum=(packed(_GZIP[:-8] + bytes(8), "gzip"), "letter UNREADABLE_BODY"),
    gzip_and_more=(packed(_GZIP + b"hostile secret", "gzip"), "PAGE_FETCHED"),
    gzip_only_said=(packed(STORY, "gzip"), "PAGE_FETCHED"),
    deflate_bare=(packed(zlib.compress(STORY)[2:-4], "deflate"), "PAGE_FETCHED"),
    br_only_said=(packed(STORY, "br"), "letter UNREADABLE_BODY"),
    br_cut_off=(packed(_brotli(STORY * 20)[:-4], "br"), "letter UNREADABLE_BODY"),
    zstd_only_said=(packed(STORY, "zstd"), "letter UNREADABLE_BODY"),
    zstd_cut_off=(packed(_zstd(STORY * 20)[:-4], "zstd"), "letter UNREADABLE_BODY"),
    zstd_of_gigabytes_said=(packed(b"\x28\xb5\x2f\xfd\xe0" + b"\xff" * 8 + STORY, "zstd"), "letter UNREADABLE_BODY"),
    encoding_not_asked_for=(packed(STORY, "compress"), "letter UNREADABLE_BODY"),
    encoding_that_is_a_charset=(packed(STORY, "utf-8"), "letter UNREADABLE_BODY"),
    encoding_identity=(packed(STORY, "identity"), "PAGE_FETCHED"),
)

TYPES = cases(
    a_picture=(answer(200, b"\x89PNG\r\n\x1a\n" + bytes(99), content_type="image/png"), "UNSUPPORTED_TYPE"),
    a_pdf=(answer(200, b"%PDF-1.7", content_type="application/pdf"), "UNSUPPORTED_TYPE"),
    no_type=(answer(200, STORY, content_type=""), "PAGE_FETCHED"),
    no_type_and_binary=(answer(200, bytes(500), content_type=""), "UNSUPPORTED_TYPE"),
    two_types=(answer(200, STORY, content_type="text/html, image/png"), "PAGE_FETCHED"),
    parts=(answer(200, STORY, content_type="multipart/x-mixed-replace; boundary=b"), "UNSUPPORTED_TYPE"),
)

CASES: tuple[Case, ...] = (*LENGTHS, *ENCODINGS, *TYPES)
