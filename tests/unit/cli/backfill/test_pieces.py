from __future__ import annotations

import gzip
import io
from collections.abc import Iterator

import pytest

from services.cli.backfill import pieces as under_test
from services.cli.backfill.pieces import PIECE_BYTES, OnePieceError, Piece, pieces
from tests.fixtures.archives import damaged, packed, response

MEMBERS = [packed([response(number)]) for number in range(4)]
PLAIN = [response(number) for number in range(4)]


def read(parts: list[bytes], start: int = 0) -> list[Piece]:
    """
    All pieces of a file of these parts.
    """
    return list(pieces(io.BytesIO(b"".join(parts)), start))


def kept(parts: list[bytes]) -> list[int | None]:
    """
    By their place in `PLAIN`, the records that were found; None for what cannot be read.
    """
    whole = [record.rstrip(b"\r\n") for record in PLAIN]
    return [None if p.data is None else whole.index(p.data.rstrip(b"\r\n")) for p in read(parts)]


def of_length(stated: bytes) -> bytes:
    """
    A record with another beginning of its length.
    """
    return PLAIN[1].replace(b"Content-Length: ", stated, 1)


@pytest.mark.parametrize("parts", [MEMBERS, PLAIN], ids=["packed", "plain"])
def test_records_are_found_from_any_place_where_one_begins(parts: list[bytes]) -> None:
    """
    Where an import was left is a byte; behind it the same records come as in one run, and nothing lies between them.
    """
    whole = read(parts)

    assert [len(part) for part in parts] == [piece.end - piece.start for piece in whole]
    assert all(read(parts, piece.end) == whole[number + 1 :] for number, piece in enumerate(whole))


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        ([MEMBERS[0], damaged(MEMBERS[1]), *MEMBERS[2:]], [0, None, 2, 3]),
        ([MEMBERS[0], damaged(MEMBERS[1]), damaged(MEMBERS[2]), MEMBERS[3]], [0, None, None, 3]),
        ([MEMBERS[0], MEMBERS[1][:200], *MEMBERS[2:]], [0, None, 2, 3]),
        ([*MEMBERS[:3], MEMBERS[3][:200]], [0, 1, 2, None]),
        ([MEMBERS[0], b"this is no gzip member" * 9, *MEMBERS[1:]], [0, None, 1, 2, 3]),
        ([MEMBERS[0], gzip.compress(b"HTTP/1.1 200 OK\r\n\r\n"), *MEMBERS[1:]], [0, None, 1, 2, 3]),
        ([PLAIN[0], b"this is no record\r\n\r\n", *PLAIN[1:]], [0, None, 1, 2, 3]),
        ([PLAIN[0], of_length(b"Content-Length: 9"), *PLAIN[2:]], [0, None, 2, 3]),
        ([PLAIN[0], of_length(b"Content-Length: 9999999"), *PLAIN[2:]], [0, None, 2, 3]),
        ([PLAIN[0], of_length(b"Content-Length: 1\r\nX: "), *PLAIN[2:]], [0, None, 2, 3]),
        ([PLAIN[0], of_length(b"X: "), *PLAIN[2:]], [0, None, 2, 3]),
        ([], []),
    ],
    ids=[
        "a damaged member", "two of them", "a cut member", "cut at the end", "no member", "no record in a member",
        "plain: no record", "plain: too long", "plain: far too long", "plain: too short", "plain: no length", "empty",
    ],
)  # fmt: skip
def test_a_broken_record_harms_itself_only(broken: list[bytes], found: list[int | None]) -> None:
    """
    What cannot be read is one piece without data, up to where the next record begins; all others are there.
    """
    assert kept(broken) == found
    assert [p.end for p in read(broken)][:-1] == [p.start for p in read(broken)][1:]


def test_a_compressed_record_that_lies_about_its_length_takes_no_other_with_it() -> None:
    """
    A member is a record, whatever stands in it.
    """
    lying = packed([of_length(b"Content-Length: 9")])

    assert [p.start for p in read([MEMBERS[0], lying, MEMBERS[2]])] == [0, len(MEMBERS[0]), len(MEMBERS[0] + lying)]


def test_of_a_huge_record_no_more_is_kept_than_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A member of zeroes costs time, and no memory.
    """
    monkeypatch.setattr(under_test, "_SEARCHED", 64 * 1024)
    bomb = gzip.compress(PLAIN[0][:-4] + bytes(3 * PIECE_BYTES))
    [huge, other] = read([bomb, MEMBERS[1]])

    assert huge.data is not None
    assert (len(huge.data), huge.is_cut, other.is_cut) == (PIECE_BYTES, True, False)


def test_a_file_that_is_compressed_as_a_whole_is_told_apart() -> None:
    """
    No record has a place in it, so nobody could go on in its middle.
    """
    with pytest.raises(OnePieceError):
        read([gzip.compress(b"".join(PLAIN))])


def test_the_mark_of_a_member_within_compressed_data_is_no_record() -> None:
    """
    Three bytes come by chance, once in 16 million.
    """
    stray = damaged(MEMBERS[1])
    middle = len(stray) // 2
    stray = stray[:middle] + b"\x1f\x8b\x08" + stray[middle + 3 :]

    assert kept([MEMBERS[0], stray, MEMBERS[2]]) == [0, None, 2]


def test_a_search_finds_what_lies_across_its_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A file is searched block by block.
    """

    def all_found() -> Iterator[list[int | None]]:
        for size in range(20, 60):
            monkeypatch.setattr(under_test, "_SEARCHED", size)
            yield kept([PLAIN[0], b"no record\r\n\r\n", *PLAIN[1:3]])

    assert all(found == [0, None, 1, 2] for found in all_found())
