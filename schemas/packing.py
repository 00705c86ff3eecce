"""
The form in which a table keeps an entry of the ledger in memory: its key is not repeated, ids and digests are bytes.

    fixed fields | published page, if another | digests, if any | number of hashes, hashes | URL

What does not fit the form, as an entry of another release may, is kept as on the wire; that begins with a brace.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS, DAY = timedelta(milliseconds=1), timedelta(days=1)

STATUSES = ("usable", "corrected", "withdrawn")
DIGESTED = ("headline", "description", "articleBody", "author")
CHANGEABLE = (*DIGESTED, "pubStatus")

OTHER_PAGE, DIGESTS, THIN = 1, 2, 4
"""Flags: the published page is not the newest; there are digests; the entry is thin."""

DIGEST_BYTES, HASH_BYTES, ID_BYTES = 8, 4, 16
NO_RATIO, RATIO_PARTS = 0xFFFF, 10_000

DIGITS = 2 * DIGEST_BYTES
_PLACES = tuple((name, number * DIGITS) for number, name in enumerate(DIGESTED))

_FIXED = struct.Struct(">BBHHq16sHHB")
"""Flags, status, version, generation, revised at (ms), page, known on (day), ratio, changed fields."""


class UnusualError(ValueError):
    """
    Values that the form has no room for.
    """


def pack(fields: Mapping[str, Any]) -> bytes:
    """
    Pack the fields of an entry, by their names in `LedgerEntry`.

    Raises:
        UnusualError: It does not fit.
    """
    page, published, digests = fields["page_id"], fields["published_page_id"], fields["field_digests"]
    flags = OTHER_PAGE * (published != page) | DIGESTS * bool(digests) | THIN * fields["is_thin"]
    try:
        fixed = _FIXED.pack(
            flags,
            STATUSES.index(fields["pub_status"]),
            fields["version"],
            fields["generation"],
            (fields["revised_at"] - EPOCH) // MS,
            page.bytes,
            _day(fields["known_on"]),
            _parts(fields["change_ratio"]),
            _mask(fields["changed_fields"]),
        )
        sketch = struct.pack(f">B{len(fields['sketch'])}I", len(fields["sketch"]), *fields["sketch"])
    except struct.error as error:
        raise UnusualError(str(error)) from error
    other = published.bytes if flags & OTHER_PAGE else b""
    return b"".join((fixed, other, _digests(digests), sketch, fields["url"].encode("utf-8", "surrogatepass")))


def unpack(packed: bytes) -> dict[str, Any]:
    """
    The fields that were packed.
    """
    flags, status, version, generation, revised_ms, page, known_day, parts, mask = _FIXED.unpack_from(packed)
    at = _FIXED.size
    page_id = published = UUID(bytes=page)
    digests = {}
    if flags & OTHER_PAGE:
        published, at = UUID(bytes=packed[at : at + ID_BYTES]), at + ID_BYTES
    if flags & DIGESTS:
        digits, at = packed[at : at + DIGEST_BYTES * len(DIGESTED)].hex(), at + DIGEST_BYTES * len(DIGESTED)
        digests = {name: digits[i : i + DIGITS] for name, i in _PLACES}
    url_at = at + 1 + packed[at] * HASH_BYTES
    return {
        "pub_status": STATUSES[status],
        "version": version,
        "generation": generation,
        "revised_at": EPOCH + revised_ms * MS,
        "page_id": page_id,
        "published_page_id": published,
        "known_on": EPOCH + known_day * DAY if known_day else None,
        "change_ratio": None if parts == NO_RATIO else parts / RATIO_PARTS,
        "changed_fields": [name for bit, name in enumerate(CHANGEABLE) if mask >> bit & 1] if mask else [],
        "field_digests": digests,
        "sketch": list(struct.unpack_from(f">{packed[at]}I", packed, at + 1)),
        "is_thin": bool(flags & THIN),
        "url": packed[url_at:].decode("utf-8", "surrogatepass"),
    }


def _day(known_on: datetime | None) -> int:
    if known_on is None:
        return 0
    day, rest = divmod(known_on - EPOCH, DAY)
    if rest or day <= 0:
        raise UnusualError("not a day")
    return day


def _parts(ratio: float | None) -> int:
    if ratio is None:
        return NO_RATIO
    parts = round(ratio * RATIO_PARTS)
    if parts / RATIO_PARTS != ratio or parts >= NO_RATIO:
        raise UnusualError("more than four decimals")
    return parts


def _mask(changed: list[str]) -> int:
    if not changed:
        return 0
    if changed != [name for name in CHANGEABLE if name in changed]:
        raise UnusualError("other fields")
    return sum(1 << bit for bit, name in enumerate(CHANGEABLE) if name in changed)


def _digests(digests: Mapping[str, str]) -> bytes:
    if not digests:
        return b""
    digits = "".join(digests.values())
    try:
        packed = bytes.fromhex(digits)
    except ValueError as error:
        raise UnusualError("no hexadecimal digits") from error
    if tuple(digests) != DIGESTED or packed.hex() != digits or {*map(len, digests.values())} != {DIGITS}:
        raise UnusualError("other digests")
    return packed
