"""
What `verify-consumer` does, from a wish to an exit status.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from services.cli.errors import ExitCode
from services.cli.output import printable, remark, say, say_json, say_table, shorten
from services.cli.rows import COLUMNS
from services.cli.verifying.judging import Difference, Found, columns_of, judge
from services.cli.verifying.series import expected
from services.cli.verifying.tables import read_table
from services.cli.verifying.writing import write_series
from services.runtime.settings import KafkaSettings


def write(kafka: KafkaSettings, name: str, partitions: int, *, as_json: bool) -> ExitCode:
    """
    Write the series, and show the table that has to come of it.
    """
    topic = asyncio.run(write_series(kafka, name, partitions))
    remark(f"The series is in {topic}, at {kafka.bootstrap_servers}. The table that a right consumer makes of it:")
    rows = expected()
    if as_json:
        for row in rows.values():
            say_json(asdict(row))
    else:
        headings = ("case", "id", "version", "status", "language", "headline")
        shown = [
            (c, r.id, str(r.version), r.status, r.language or "", shorten(r.headline, 32)) for c, r in rows.items()
        ]
        say_table(headings, shown)
    remark("Let your consumer read it from the earliest offset, then: news-ingest verify-consumer --check FILE")
    return ExitCode.DONE


def check(file: Path, table: str, *, as_json: bool) -> ExitCode:
    """
    Compare a table with the expected one, and name each difference.
    """
    found = read_table(file, table)
    differences = judge(found)
    if as_json:
        for difference in differences:
            say_json(asdict(difference))
    else:
        _show(found, differences)
    return ExitCode.DIFFERENT if differences else ExitCode.DONE


def _show(found: Sequence[Found], differences: Sequence[Difference]) -> None:
    for difference in differences:
        say(f"{printable(difference.case)}: {printable(difference.what)}\n  likely: {difference.likely}")
    if left := [column for column in COLUMNS if column not in columns_of(found)]:
        remark(f"Not compared, as the table does not have them: {', '.join(left)}")
    verdict = f"{len(differences)} differences" if differences else "as expected"
    say(f"{len(found)} rows, {len(expected())} expected: {verdict}.")
