"""
Reading a body within its limit.
"""

from __future__ import annotations

import gzip
import zlib

import cramjam
import pytest

from services.fetcher.bodies import Body, UnreadableBodyError

TEXT = b"The dam held. " * 200


def read(encoding: str | None, data: bytes, limit: int = 100_000, chunk: int = 7) -> Body:
    body = Body(encoding, limit)
    for start in range(0, len(data), chunk):
        body.feed(data[start : start + chunk])
    body.end()
    return body


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        (None, TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("X-GZIP", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:])),
        ("gzip", gzip.compress(TEXT) + b"trailing garbage"),
        ("gzip", TEXT),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)[2:-4]),
        ("br", bytes(cramjam.brotli.compress(TEXT))),
        ("zstd", bytes(cramjam.zstd.compress(TEXT))),
        ("zstd", bytes(cramjam.zstd.compress(TEXT[:1000])) + bytes(cramjam.zstd.compress(TEXT[1000:]))),
    ],
)
def test_a_body_is_decoded_as_browsers_do(encoding: str | None, data: bytes) -> None:
    """
    Several members, both kinds of deflate, and a header that promises a compression that is none.
    """
    assert read(encoding, data).finish() == TEXT


def test_an_encoding_that_was_not_asked_for_is_refused() -> None:
    """
    It could not be decoded within a limit.
    """
    with pytest.raises(UnreadableBodyError, match="compress"):
        Body("compress", 100)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(TEXT)[:20] + b"\0" * 40),
        ("gzip", gzip.compress(TEXT)[:-9]),
        ("gzip", gzip.compress(TEXT) + gzip.compress(TEXT)[:-9]),
        ("deflate", zlib.compress(TEXT)[:-5]),
        ("br", bytes(cramjam.brotli.compress(TEXT))[:-10]),
        ("zstd", bytes(cramjam.zstd.compress(TEXT))[:-10]),
        ("zstd", TEXT),
    ],
)
def test_corrupt_data_is_refused(encoding: str, packed: bytes) -> None:
    """
    It is told with the decoder's own words.
    """
    with pytest.raises(UnreadableBodyError, match=encoding):
        read(encoding, packed)


def test_a_body_over_the_limit_is_told_with_its_start() -> None:
    """
    Reading stops one byte beyond the limit; what the sender declared is kept.
    """
    body = read(None, TEXT, limit=1000)
    large = body.too_large(10, "2800")

    assert body.is_over
    assert (large.head, large.read_bytes, large.declared_bytes, large.is_bomb) == (TEXT[:10], 1001, 2800, False)


BOMBS = {
    "gzip": gzip.compress(bytes(10_000_000)),
    "br": bytes(cramjam.brotli.compress(bytes(10_000_000))),
    "zstd": bytes(cramjam.zstd.compress(bytes(10_000_000))),
}


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_bomb_is_called_one_and_never_unpacked(encoding: str) -> None:
    """
    Ten megabytes of zeroes in a few bytes: no more than the limit is ever in memory.
    """
    body = read(encoding, BOMBS[encoding], limit=100_000, chunk=4096)
    large = body.too_large(100, None)

    assert body.is_over
    assert large.is_bomb
    assert large.read_bytes == 100_001


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [(None, TEXT), ("br", bytes(cramjam.brotli.compress(TEXT))), ("zstd", bytes(cramjam.zstd.compress(TEXT)))],
)
def test_a_body_at_the_limit_is_whole(encoding: str | None, packed: bytes) -> None:
    """
    The limit itself is allowed.
    """
    body = read(encoding, packed, limit=len(TEXT))

    assert not body.is_over
    assert body.finish() == TEXT
