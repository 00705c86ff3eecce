"""
A stranger's table against the expected one: what differs, and which mistake that looks like. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.cli.rows import COLUMNS, Row
from services.cli.verifying.series import expected, id_of, series

Found = Mapping[str, Any]
"""A row of a stranger's table, by column."""

SHOWN = 60
"""Characters of a value that are shown."""

ABORTED = "it stood in an aborted transaction: read with isolation.level=read_committed"

MISSING = {
    "backfilled": "its times lie years back: do not drop what is older than what was read before",
    "large": "the record has 5 MiB: raise the largest message and fetch sizes of the client",
    "newer": "it has fields and headers of a later minor version: ignore what you do not know",
    "returned": "it was withdrawn and came back: a withdrawal marks the row, it is no end",
    "withdrawn": "a withdrawal marks the row, only a record without a value deletes it",
    "bare": "it has no datePublished and no inLanguage: optional fields may be absent",
}

STANDING = {
    "reissued": "the same version was published again: write over a version that is equal, not only over a lower one",
    "updated": "a later record of the same key came: write over the row",
    "returned": "it was withdrawn and came back: write over the row",
    "withdrawn": "the withdrawal was not taken over: write its pubStatus, and its empty texts, into the row",
}


@dataclass(frozen=True)
class Difference:
    """
    Something that is not as it should be, and the likely mistake.
    """

    case: str
    what: str
    likely: str


def judge(found: Sequence[Found]) -> list[Difference]:
    """
    Name every difference between a table and the expected one. Columns that the table does not have are not compared.
    """
    wanted = {row.id: (case, row) for case, row in expected().items()}
    names = {str(id_of(write.case)): write.case for step in series() for write in step.writes}
    by_id = {str(row.get("id")): row for row in found}
    differences = list(_doubled(found, names))
    differences += [_absent(case) for key, (case, _) in wanted.items() if key not in by_id]
    differences += [_surplus(key, row, names) for key, row in by_id.items() if key not in wanted]
    for key, (case, row) in wanted.items():
        if key in by_id:
            differences += _unlike(case, row, by_id[key])
    return differences


def columns_of(found: Sequence[Found]) -> tuple[str, ...]:
    """
    The columns that can be compared: ours, as far as all rows have them.
    """
    return tuple(column for column in COLUMNS if all(column in row for row in found))


def _doubled(found: Sequence[Found], names: Mapping[str, str]) -> Iterator[Difference]:
    for key, count in Counter(str(row.get("id")) for row in found).items():
        if count > 1:
            likely = "make the article id the primary key, and write over the row: the same event may come twice"
            yield Difference(names.get(key, key), f"{count} rows instead of one", likely)


def _absent(case: str) -> Difference:
    usual = "the record was not read, or not written: read all partitions from the earliest offset, to their ends"
    return Difference(case, "its row is missing", MISSING.get(case, usual))


def _surplus(key: str, row: Found, names: Mapping[str, str]) -> Difference:
    case = names.get(key)
    if case is None:
        likely = "it is no part of the series: check a table that was empty before, filled from this topic alone"
        return Difference(key, "a row of an unknown article", likely)
    if any(_is_like(row, standing) for standing in _rows(case, is_committed=False)):
        return Difference(case, "its row exists", ABORTED)
    return Difference(case, "its row exists", "it was taken down: a record without a value deletes the row of its key")


def _unlike(case: str, wanted: Row, found: Found) -> list[Difference]:
    if _is_like(found, wanted):
        return []
    for is_committed in (False, True):
        for row in _rows(case, is_committed=is_committed):
            if row != wanted and _is_like(found, row):
                usual = STANDING.get(case, "a later record of the same key came: write over the row")
                what = f"version {row.version} ({row.status}) stands, not version {wanted.version} ({wanted.status})"
                return [Difference(case, what, usual if is_committed else ABORTED)]
    return [
        Difference(case, f"{column} is {_shown(found[column])}, not {_shown(value)}", _spoiled(value, found[column]))
        for column, value in vars(wanted).items()
        if column in found and not _is_same(found[column], value)
    ]


def _rows(case: str, *, is_committed: bool) -> list[Row]:
    writes = (write for step in series() if step.is_committed is is_committed for write in step.writes)
    return [row for write in writes if write.case == case and (row := write.row) is not None]


def _is_like(found: Found, row: Row) -> bool:
    return all(_is_same(found[column], value) for column, value in vars(row).items() if column in found)


def _is_same(found: Any, wanted: Any) -> bool:
    return found == wanted or (isinstance(wanted, int) and str(found) == str(wanted))


def _spoiled(wanted: Any, found: Any) -> str:
    if wanted is None:
        return "the field is absent in the event: keep no value (NULL), not an empty or invented one"
    if isinstance(wanted, str) and isinstance(found, str):
        if found and wanted.startswith(found):
            return "the text was cut: give the column a type without a length"
        if found == wanted.encode().decode("latin-1") or "�" in found or "?" in set(found) - set(wanted):
            return "values are UTF-8: decode them so, and let the table keep all of Unicode"
    return "take the field of the event as it is"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}… ({len(str(value))} characters)"
