from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from services.cli.verifying.judging import Difference, columns_of, judge
from services.cli.verifying.series import expected, id_of, series

Table = dict[str, dict[str, Any]]


def right() -> Table:
    """
    The table of a right consumer, by case.
    """
    return {case: asdict(row) for case, row in expected().items()}


def row_of(case: str, number: int) -> dict[str, Any]:
    """
    The row of one of a case's records, by its number.
    """
    rows = [write.row for step in series() for write in step.writes if write.case == case]
    row = rows[number]
    assert row is not None
    return asdict(row)


def put(case: str, number: int) -> Callable[[Table], Any]:
    return lambda table: table.update({case: row_of(case, number)})


def change(case: str, **values: Any) -> Callable[[Table], Any]:
    return lambda table: table[case].update(values)


def forget(case: str) -> Callable[[Table], Any]:
    return lambda table: table.pop(case)


def test_the_expected_table_has_no_differences() -> None:
    """
    In any order, with more columns than asked for.
    """
    rows = [{**row, "more": 1} for row in reversed(right().values())]

    assert judge(rows) == []


@pytest.mark.parametrize(
    ("spoil", "case", "likely"),
    [
        (put("aborted", 0), "aborted", "read_committed"),
        (put("aborted", 1), "aborted", "read_committed"),
        (put("aborted-last", 0), "aborted-last", "read_committed"),
        (put("kept", 2), "kept", "read_committed"),
        (put("updated", 1), "updated", "read_committed"),
        (put("updated", 0), "updated", "a later record of the same key"),
        (put("reissued", 0), "reissued", "over a version that is equal"),
        (put("withdrawn", 0), "withdrawn", "the withdrawal was not taken over"),
        (put("returned", 1), "returned", "came back"),
        (put("taken-down", 0), "taken-down", "without a value"),
        (forget("withdrawn"), "withdrawn", "only a record without a value deletes"),
        (forget("returned"), "returned", "it is no end"),
        (forget("backfilled"), "backfilled", "years back"),
        (forget("large"), "large", "5 MiB"),
        (forget("newer"), "newer", "ignore what you do not know"),
        (forget("bare"), "bare", "may be absent"),
        (forget("new"), "new", "all partitions"),
        (change("bare", language=""), "bare", "NULL"),
        (change("large", body="5feceb66ffc86f38"), "large", "cut"),
        (change("russian", headline="Паром снова ходит".encode().decode("latin-1")), "russian", "UTF-8"),
        (change("emoji", headline="A ferry ? and a family ?"), "emoji", "UTF-8"),
        (change("new", url="https://other.example/"), "new", "as it is"),
        (lambda table: table.update(x={"id": "x", "version": 1}), "x", "empty before"),
        (lambda table: table.update(y=row_of("repeated", 0)), "repeated", "primary key"),
    ],
)
def test_a_mistake_is_named(spoil: Callable[[Table], Any], case: str, likely: str) -> None:
    """
    One difference, one likely mistake.
    """
    table = right()
    spoil(table)
    [difference] = judge(list(table.values()))

    assert difference.case == case
    assert likely in difference.likely


def test_columns_that_a_table_does_not_have_are_not_compared() -> None:
    """
    A stranger keeps what a stranger needs.
    """
    rows = [{"id": row["id"], "version": row["version"]} for row in right().values()]

    assert judge(rows) == []
    assert columns_of(rows) == ("id", "version")


def test_an_empty_table_lacks_every_row() -> None:
    """
    And each is named.
    """
    assert {difference.case for difference in judge([])} == set(expected())
    assert all(isinstance(difference, Difference) for difference in judge([]))


def test_the_id_of_a_case_never_changes() -> None:
    """
    A series that was written by one release is checked by another.
    """
    assert str(id_of("new")) == "f0976d8d-fbbd-5c7a-87b9-6f9a5105b13a"
