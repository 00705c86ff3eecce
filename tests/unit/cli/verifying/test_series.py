from __future__ import annotations

import json

from schemas.events import ArticleTagged
from schemas.topics import MAX_RECORD_BYTES
from services.cli.verifying.series import expected, series
from services.cli.verifying.writing import outgoing


def test_the_series_keeps_the_contract() -> None:
    """
    No committed record follows a higher version of its article, so the last record of a key is the newest.
    """
    versions: dict[str, int] = {}
    for step in series():
        for write in step.writes if step.is_committed else ():
            if write.event is not None:
                assert write.event.version >= versions.get(write.case, 0)
                versions[write.case] = write.event.version


def test_each_record_is_read_by_our_own_models_and_fits() -> None:
    """
    Also what a later minor version may bring.
    """
    for step in series():
        for write in step.writes:
            record = outgoing(write, "news.verify.x", 3)
            assert record.size < MAX_RECORD_BYTES
            if record.value is not None:
                assert ArticleTagged.from_wire(record.value, dict(record.headers)) == write.event


def test_the_series_has_what_a_consumer_meets() -> None:
    """
    Aborted transactions around committed ones and at the end, takedowns, a repeated event, fields of a later release.
    """
    steps = series()
    writes = [write for step in steps for write in step.writes]
    ids = [write.event_id for write in writes if write.case == "repeated"]
    [newer] = [write for write in writes if write.more]

    assert [step.is_committed for step in steps].count(False) == 3
    assert not steps[-1].is_committed
    assert {write.case for write in writes if write.event is None} == {"taken-down", "never-seen"}
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert "sentiment" in json.loads(outgoing(newer, "news.verify.x", 3).value or b"")
    assert dict(outgoing(newer, "news.verify.x", 3).headers)["ce_dataschema"].endswith(b"?minor=99")


def test_the_expected_table_is_that_of_the_last_committed_records() -> None:
    """
    By case: its version and its state.
    """
    table = {case: (row.version, row.status) for case, row in expected().items()}

    assert len(table) == 19
    assert {case: table[case] for case in ("updated", "reissued", "repeated", "withdrawn", "returned", "kept")} == {
        "updated": (3, "corrected"),
        "reissued": (1, "usable"),
        "repeated": (1, "usable"),
        "withdrawn": (2, "withdrawn"),
        "returned": (3, "corrected"),
        "kept": (1, "usable"),
    }
    assert not set(table) & {"aborted", "aborted-last", "taken-down", "never-seen"}
    assert len(expected()["large"].body) == 5 * 1024 * 1024
