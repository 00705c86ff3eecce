"""
What `replay` does, from a wish to an exit status.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.replays import Replay, Selection
from schemas.topics import SIDE_PREFIX
from services.cli.errors import ExitCode, ReplayError
from services.cli.lifetimes import until_told
from services.cli.output import remark
from services.cli.progress import progress
from services.cli.replays import control, showing
from services.cli.replays.carrying import Report
from services.cli.replays.copying import Making, copies
from services.cli.replays.names import IMPORT, next_step
from services.cli.replays.selection import WAYS, is_aside
from services.cli.replays.states import all_replays
from services.cli.replays.stretches import done, resolve, size
from services.runtime.kafka.connection import count_partitions
from services.runtime.settings import KafkaSettings

Work = Callable[[Report], Awaitable[Replay]]


@dataclass(frozen=True)
class Wish:
    """
    A replay as an operator asks for it.

    Attributes:
        what: pages or articles.
        rate: Records a second.
        is_aside: To a side topic.
    """

    what: str
    selection: Selection
    rate: float
    name: str | None = None
    is_aside: bool = False


def start(kafka: KafkaSettings, wish: Wish, *, dry_run: bool, as_json: bool) -> ExitCode:
    """
    Begin a replay and copy to its end; or only count.
    """
    replay = asyncio.run(_planned(kafka, wish))
    if not replay.stretches:
        showing.explain_nothing(replay)
        return ExitCode.NOTHING
    if dry_run:
        counted = asyncio.run(_shown("counting", replay, lambda report: control.rehearse(kafka, replay, report)))
        return _end(counted, showing.show_rehearsal, as_json=as_json)
    remark(f"replay {replay.replay_id}: go on after an end by `news-ingest replay resume {replay.replay_id}`")
    making = _making(kafka, replay)
    return _copied(kafka, replay, lambda report: control.begin(kafka, replay, report, making), as_json=as_json)


def _making(kafka: KafkaSettings, replay: Replay) -> Making:
    if not is_aside(replay):
        return copies
    from services.cli.replays import sides  # noqa: PLC0415 - only it needs the services' own parts

    return sides.making(kafka, os.environ)


async def _planned(kafka: KafkaSettings, wish: Wish) -> Replay:
    way, now = WAYS[wish.what], datetime.now(UTC)
    await count_partitions(kafka, [way.topic.name, way.lane.name])
    name = wish.name or f"{wish.what}-{now:%Y%m%d-%H%M%S}"
    return Replay(
        replay_id=name,
        topic=way.topic.name,
        lane=SIDE_PREFIX + name if wish.is_aside else way.lane.name,
        began_at=now,
        changed_at=now,
        selection=wish.selection,
        rate=wish.rate,
        stretches=await resolve(kafka, way, wish.selection),
    )


def resume(kafka: KafkaSettings, replay_id: str, rate: float | None, *, as_json: bool) -> ExitCode:
    """
    Go on with a replay that was paused or killed.
    """
    replay = asyncio.run(control.standing(kafka, replay_id))
    if replay_id.startswith(IMPORT):
        raise ReplayError(f"{replay_id} is an import, and what it reads is not in Kafka", next_step(replay_id))
    making = _making(kafka, replay)
    return _copied(kafka, replay, lambda report: control.go_on(kafka, replay_id, rate, report, making), as_json=as_json)


def _copied(kafka: KafkaSettings, replay: Replay, work: Work, *, as_json: bool) -> ExitCode:
    """
    Copy until it is over, or somebody has had enough: then it is paused.
    """
    ended: list[Replay] = []

    async def run() -> bool:
        async def whole() -> None:
            ended.append(await _shown("copying", replay, work))

        if await until_told(whole()):
            return True
        ended.append(await control.put(kafka, replay.replay_id, "paused"))
        return False

    is_whole = asyncio.run(run())
    code = _end(ended[-1], showing.show_end, as_json=as_json)
    return code if is_whole else ExitCode.INTERRUPTED


async def _shown(what: str, replay: Replay, work: Work) -> Replay:
    with progress(what, size(replay.stretches)) as report:
        return await work(lambda now, why: report(done(now.stretches), why))


def _end(replay: Replay, show: Callable[..., None], *, as_json: bool) -> ExitCode:
    show(replay, as_json=as_json)
    if replay.copied or replay.state in ("paused", "stopped"):
        return ExitCode.DONE
    showing.explain_nothing(replay)
    return ExitCode.NOTHING


def put(kafka: KafkaSettings, replay_id: str, state: str, *, as_json: bool) -> ExitCode:
    """
    Pause or stop a replay.
    """
    showing.show_end(asyncio.run(control.put(kafka, replay_id, state)), as_json=as_json)
    return ExitCode.DONE


def list_replays(kafka: KafkaSettings, *, as_json: bool) -> ExitCode:
    """
    Show all replays.
    """
    replays = list(asyncio.run(all_replays(kafka)).values())
    if not replays:
        remark("There has been no replay. One is begun by: news-ingest replay start pages --from 2h")
        return ExitCode.NOTHING
    showing.show_list(replays, datetime.now(UTC), as_json=as_json)
    return ExitCode.DONE
