"""
What `import` and `export` do, from a wish to an exit status.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from schemas import topics
from schemas.replays import Replay, Selection
from services.cli.backfill import requests, showing
from services.cli.backfill.answers import Origin
from services.cli.backfill.importing import Wish, bring, is_news, planned, rehearse
from services.cli.backfill.pages import Terms
from services.cli.errors import ExitCode, OutputFileError
from services.cli.kafka_errors import told_to_a_person
from services.cli.lifetimes import until_told
from services.cli.progress import progress
from services.cli.replays import control
from services.cli.replays.carrying import Report
from services.cli.replays.names import next_step
from services.cli.replays.selection import WAYS
from services.cli.replays.stretches import done, resolve, size
from services.fetcher.settings import FetcherSettings
from services.runtime.kafka.connection import count_partitions
from services.runtime.settings import KafkaSettings


def terms_of(environ: Mapping[str, str]) -> Terms:
    """
    The fetcher's rules, as they are set.

    Raises:
        SettingsError: A variable of the fetcher does not fit.
    """
    return Terms.of(FetcherSettings.from_environ(environ))


def bring_in(kafka: KafkaSettings, origins: Sequence[Origin], wish: Wish, *, as_json: bool) -> ExitCode:
    """
    Import one after the other, until somebody has had enough.
    """
    codes = []
    for origin in origins:
        codes.append(_brought(kafka, origin, wish, as_json=as_json))
        if codes[-1] == ExitCode.INTERRUPTED:
            return ExitCode.INTERRUPTED
    return ExitCode.DONE if ExitCode.DONE in codes else ExitCode.NOTHING


def _brought(kafka: KafkaSettings, origin: Origin, wish: Wish, *, as_json: bool) -> ExitCode:
    ended: list[Replay] = []
    fresh = _planned(origin, wish)

    async def run() -> bool:
        async def whole() -> None:
            work = _shown(origin, fresh, lambda report: bring(kafka, origin, fresh, wish, report))
            with told_to_a_person(f"go on: {next_step(fresh.replay_id)}"):
                ended.append(await control.unless_taken_over(kafka, fresh.replay_id, work))

        if await until_told(whole()):
            return True
        ended.append(await control.put(kafka, fresh.replay_id, "paused"))
        return False

    is_whole = asyncio.run(run())
    is_new = is_news(ended[-1], fresh)
    showing.show_end(ended[-1], origin, is_new=is_new, as_json=as_json)
    if not is_whole:
        return ExitCode.INTERRUPTED
    return ExitCode.NOTHING if is_new and ended[-1].state == "done" and not ended[-1].copied else ExitCode.DONE


def _planned(origin: Origin, wish: Wish) -> Replay:
    with told_to_a_person("is the other cluster there?"):
        return asyncio.run(planned(origin, wish))


def try_out(origins: Sequence[Origin], wish: Wish, *, as_json: bool) -> ExitCode:
    """
    Only count what would be imported. No Kafka is needed for it, unless pages come from one.
    """
    total = 0
    for origin in origins:
        fresh = _planned(origin, wish)
        with told_to_a_person("ask again"):
            counted = asyncio.run(_shown(origin, fresh, partial(rehearse, origin, fresh, wish.limit)))
        showing.show_rehearsal(counted, origin, as_json=as_json)
        total += counted.copied
    return ExitCode.DONE if total else ExitCode.NOTHING


async def _shown(origin: Origin, fresh: Replay, work: Callable[[Report], Awaitable[Replay]]) -> Replay:
    with progress(f"importing {origin.name}", size(fresh.stretches), is_bytes=origin.unit == "bytes") as report:
        return await work(lambda now, why: report(done(now.stretches), why))


def ask_for(kafka: KafkaSettings, path: Path, hosts: list[str], *, dry_run: bool, as_json: bool) -> ExitCode:
    """
    Ask for every URL of a list.
    """
    asked = requests.Asked()
    with requests.lines_of(path) as lines:
        wanted = requests.requests_of(lines, hosts, datetime.now(UTC), asked)
        if dry_run:
            for _ in wanted:
                pass
        else:
            asyncio.run(requests.ask(kafka, wanted))
    showing.show_requests(asked.count, asked.left, is_rehearsal=dry_run, as_json=as_json)
    return ExitCode.DONE if asked.count else ExitCode.NOTHING


def export_warc(kafka: KafkaSettings, selection: Selection, target: Path, *, force: bool, as_json: bool) -> ExitCode:
    """
    Write the pages of a stretch as a web archive.
    """
    from services.cli.backfill.archive import export  # noqa: PLC0415 - its library is needed here alone

    if target.exists() and not force:
        raise OutputFileError(f"{target} is there already", "name another file, or say --force")
    with told_to_a_person("ask again: the file has its name only when it is whole"):
        replay = asyncio.run(_stretch(kafka, selection))
        with progress("exporting", size(replay.stretches)) as report:
            work = export(kafka, replay, target, lambda now, why: report(done(now.stretches), why))
            ended = asyncio.run(work)
    showing.show_archive(ended, str(target), as_json=as_json)
    return ExitCode.DONE if ended.copied else ExitCode.NOTHING


async def _stretch(kafka: KafkaSettings, selection: Selection) -> Replay:
    now = datetime.now(UTC)
    await count_partitions(kafka, [topics.PAGE_FETCHED.name])
    return Replay(
        replay_id="export",
        topic=topics.PAGE_FETCHED.name,
        lane="",
        began_at=now,
        changed_at=now,
        selection=selection,
        stretches=await resolve(kafka, WAYS["pages"], selection),
    )
