"""
What `up` does, in order: Kafka, topics, the services, the picture; and the same backwards at the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from schemas.events import ArticleTagged
from schemas.topics import ARTICLE_TAGGED
from services.cli.board import Board, picture
from services.cli.connection import SERVERS_VARIABLE, announce, state_dir, withdraw
from services.cli.following import following
from services.cli.forms import formed
from services.cli.lifetimes import together, until_told
from services.cli.lines import article_line
from services.cli.machine import kafka_here, make_folder
from services.cli.options import Format
from services.cli.outcomes import OutcomeReader
from services.cli.output import is_terminal, remark, say, say_json
from services.cli.processes import SERVICES, Supervisor
from services.cli.retention import TopicsSettings
from services.runtime.kafka.admin import create_topics
from services.runtime.settings import KafkaSettings

DRAW_S = 0.5


@dataclass(frozen=True)
class Plan:
    """
    What was asked of `up`.
    """

    data_dir: Path
    environ: Mapping[str, str]
    partitions: int
    as_json: bool = False


async def run(plan: Plan) -> None:
    """
    Run everything until SIGINT or SIGTERM, then stop it in order.

    Raises:
        NewsIngestError: Kafka cannot be started, topics are wrong, or a service dies again and again.
    """
    make_folder(plan.data_dir)
    remark("starting Kafka ...")
    if not await until_told(_run(plan)):
        remark(f"stopped; the data stay in {plan.data_dir}")


async def _run(plan: Plan) -> None:
    async with kafka_here(plan.data_dir / "kafka", plan.environ) as kafka, _announced(plan, kafka):
        kept = TopicsSettings.from_environ(plan.environ).retention_ms()
        created = await create_topics(kafka, plan.partitions, retention_ms=kept)
        remark(f"Kafka at {kafka.bootstrap_servers}, {len(created)} topics created; starting the services ...")
        board = Board(kafka.bootstrap_servers)
        logs = plan.data_dir / "logs"
        reader = OutcomeReader([logs / f"{name}.log" for name in SERVICES], from_start=False)
        environ = {**plan.environ, SERVERS_VARIABLE: kafka.bootstrap_servers}
        supervisor = Supervisor(environ, logs, tell=lambda text: _tell(board, text))
        board.children = supervisor.children
        shown = (
            _draw(board)
            if is_terminal() and not plan.as_json
            else _report(board, supervisor.running, as_json=plan.as_json)
        )
        await together(supervisor.run(), _follow(kafka, board, plan), _count(reader, board), shown)


@asynccontextmanager
async def _announced(plan: Plan, kafka: KafkaSettings) -> AsyncIterator[None]:
    """
    Let the other commands find our Kafka meanwhile.
    """
    folder = state_dir(plan.environ)
    announce(folder, kafka.bootstrap_servers)
    try:
        yield
    finally:
        withdraw(folder, kafka.bootstrap_servers)


def _tell(board: Board, text: str) -> None:
    board.news.append(text)
    if not is_terminal():
        remark(text)


async def _follow(kafka: KafkaSettings, board: Board, plan: Plan) -> None:
    is_drawn = is_terminal() and not plan.as_json
    async with following(kafka, ARTICLE_TAGGED, from_start=is_drawn) as records:
        async for record in records:
            if record.value is not None:
                board.add(article_line(ArticleTagged.from_wire(record.value, record.headers), record.timestamp))
            if not is_drawn:
                say(formed(record, Format.JSON if plan.as_json else Format.LINE))


async def _count(reader: OutcomeReader, board: Board) -> None:
    while True:
        for committed in reader.poll():
            board.count(committed)
        await asyncio.sleep(DRAW_S)


async def _draw(board: Board) -> None:
    from rich.console import Console  # noqa: PLC0415 - only where something is drawn
    from rich.live import Live  # noqa: PLC0415

    with Live(picture(board), console=Console(), auto_refresh=False, screen=False) as live:
        while True:
            live.update(picture(board), refresh=True)
            await asyncio.sleep(DRAW_S)


async def _report(board: Board, running: asyncio.Event, *, as_json: bool) -> None:
    """
    Without a terminal: a word when all are running; articles follow as lines.
    """
    await running.wait()
    if as_json:
        say_json({"up": board.as_json()})
    else:
        say(f"up: {', '.join(child.name for child in board.children)} are running; Kafka at {board.servers}")
    await asyncio.Event().wait()
