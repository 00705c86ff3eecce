"""
What `dlq` does, from a wish to an exit status.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import typer

from services.cli.backup_file import written_whole
from services.cli.errors import ExitCode
from services.cli.kafka_errors import told_to_a_person
from services.cli.letters import showing
from services.cli.letters.entries import Entry, Wanted
from services.cli.letters.looking import Scan, originals, scan
from services.cli.letters.settling import Settled, purge, retry
from services.cli.output import remark, say, say_json
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings

STDOUT = Path("-")


def list_letters(kafka: KafkaSettings, wanted: Wanted, *, limit: int, as_json: bool) -> ExitCode:
    """
    Show the letters that stand.
    """
    found = asyncio.run(scan(kafka, wanted))
    chosen = found.index.chosen()
    if as_json:
        for entry in chosen:
            say_json(entry.as_json())
    elif chosen:
        showing.show_list(chosen, limit, found.index.counts())
    return ExitCode.DONE if chosen else _nothing(found)


def show_letter(kafka: KafkaSettings, key: str, *, is_raw: bool, as_json: bool) -> ExitCode:
    """
    Show one letter, or write its original as it is.
    """
    found = asyncio.run(scan(kafka, Wanted(keys=frozenset({key}))))
    chosen = found.index.chosen()
    if not chosen:
        return _nothing(found)
    [record] = asyncio.run(_whole(kafka, chosen))
    if is_raw:
        sys.stdout.buffer.write(record.value or b"")
        sys.stdout.buffer.flush()
    elif as_json:
        say_json(showing.whole(record))
    else:
        showing.show_letter(record)
    return ExitCode.DONE


async def _whole(kafka: KafkaSettings, chosen: list[Entry]) -> list[Record]:
    with told_to_a_person("ask again"):
        return [record async for records in originals(kafka, chosen) for record in records]


def retry_letters(kafka: KafkaSettings, wanted: Wanted, *, dry_run: bool, as_json: bool) -> ExitCode:
    """
    Drive letters again.
    """
    found = asyncio.run(scan(kafka, wanted))
    chosen = found.index.chosen()
    if not chosen:
        return _nothing(found)
    if dry_run:
        return _would("retried", chosen, as_json=as_json)
    report = _Report(as_json=as_json)
    asyncio.run(retry(kafka, found, chosen, report.take))
    return report.end()


def purge_letters(kafka: KafkaSettings, wanted: Wanted, *, dry_run: bool, is_sure: bool, as_json: bool) -> ExitCode:
    """
    Let letters go. A person is asked first; where there is none, only who said that he is sure may.

    Raises:
        typer.BadParameter: There is nobody to ask.
    """
    is_asked = not (is_sure or dry_run)
    if is_asked and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise typer.BadParameter("without a terminal nobody can be asked: add --yes, or look first by --dry-run")
    found = asyncio.run(scan(kafka, wanted))
    chosen = found.index.chosen()
    if not chosen:
        return _nothing(found)
    if dry_run:
        return _would("purged", chosen, as_json=as_json)
    if is_asked:
        typer.confirm(f"Let {len(chosen)} dead letters go for good?", abort=True, err=True)
    report = _Report(as_json=as_json)
    asyncio.run(purge(kafka, found, chosen, report.take))
    return report.end()


class _Report:
    """
    Tells of each letter, and of all at the end.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._counts: Counter[str] = Counter()

    def take(self, each: Settled) -> None:
        self._counts[each.outcome] += 1
        showing.show_settled(each, as_json=self._as_json)

    def end(self) -> ExitCode:
        """
        The exit status that says the same: refused where any was, nothing where somebody else had done it all.
        """
        if not self._as_json:
            say(", ".join(f"{count} {outcome}" for outcome, count in sorted(self._counts.items())))
        if self._counts["refused"]:
            return ExitCode.REFUSED
        return ExitCode.DONE if self._counts["retried"] + self._counts["purged"] else ExitCode.NOTHING


def _would(what: str, chosen: list[Entry], *, as_json: bool) -> ExitCode:
    """
    Say what a dry run would do.
    """
    for entry in chosen:
        if as_json:
            say_json({"key": entry.key, "outcome": f"would be {what}"})
        else:
            say(f"would be {what}  {entry.key}  {entry.letter.stage} {entry.letter.reason}")
    if not as_json:
        say(f"{len(chosen)} would be {what}; nothing was written")
    return ExitCode.DONE


def export_letters(kafka: KafkaSettings, wanted: Wanted, file: Path, *, as_json: bool) -> ExitCode:
    """
    Write letters with their originals as lines of JSON.

    Raises:
        OutputFileError: The file cannot be written.
    """
    found = asyncio.run(scan(kafka, wanted))
    chosen = found.index.chosen()
    if not chosen:
        return _nothing(found)
    with _target(file) as stream:
        count = asyncio.run(_write(kafka, chosen, stream))
    if as_json and file != STDOUT:
        say_json({"file": str(file), "letters": count})
    elif file != STDOUT:
        say(f"{file}: {count} letters")
    return ExitCode.DONE


async def _write(kafka: KafkaSettings, chosen: list[Entry], stream: BinaryIO) -> int:
    count = 0
    with told_to_a_person("ask again"):
        async for records in originals(kafka, chosen):
            stream.writelines(map(showing.whole_line, records))
            count += len(records)
    return count


@contextmanager
def _target(file: Path) -> Iterator[BinaryIO]:
    if file == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with written_whole(file) as stream:
        yield stream


def _nothing(found: Scan) -> ExitCode:
    remark(found.index.why_nothing())
    return ExitCode.NOTHING
