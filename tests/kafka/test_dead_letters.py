"""
What an operator does about dead letters, on a real Kafka.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from typer.testing import CliRunner

from schemas import topics
from schemas.dead_letters import DeadLettered, Letter, measure
from schemas.envelope import seal
from schemas.events import FetchRequested
from schemas.parts import Origin
from services.cli.app import app
from services.cli.errors import ExitCode
from services.cli.letters.entries import Wanted
from services.cli.letters.looking import scan
from services.cli.letters.settling import Settled, retry
from services.runtime.errors import TaskFenced
from services.runtime.kafka import access
from services.runtime.kafka.writer import Writer
from services.runtime.record import Outgoing, Record
from services.runtime.settings import KafkaSettings, RuntimeSettings
from tests.kafka.conftest import PARTITIONS
from tests.kafka.test_tasks import page_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def letter(origin: Origin, original: bytes, headers: dict[str, bytes], **fields: Any) -> DeadLettered:
    """
    A letter as the runtime writes it.
    """
    kept, facts = measure(original)
    known = {"reason": "WORK_TIMEOUT", "stage": "cleaner", "subject": "https://site-1.test/1"}
    told = Letter(origin=origin, origin_timestamp=NOW, **{**facts, **known, **fields})
    return DeadLettered(letter=told, original=kept, original_headers=headers)


def of_page(number: int, **fields: Any) -> DeadLettered:
    """
    A letter about a page.
    """
    page = page_of(f"https://site-{number}.test/1")
    sealed = seal(topics.PAGE_FETCHED, page, page.meta.page_id, "fetcher")
    origin = Origin(topic=topics.PAGE_FETCHED.name, partition=0, offset=number)
    about = {"subject": page.meta.url, "origin_key": sealed.key.decode(), **fields}
    return letter(origin, sealed.value or b"", dict(sealed.headers), **about)


def of_fetch(number: int) -> DeadLettered:
    """
    A letter about a page that could not be fetched.
    """
    request = FetchRequested(url=f"https://site-{number}.test/away", requested_at=NOW)
    origin = Origin(topic=topics.FETCH_REQUESTED.name, partition=0, offset=number)
    return letter(origin, request.to_wire()[0], {}, reason="FETCH_FAILED", stage="fetcher", subject=request.url)


async def bury(kafka: KafkaSettings, *letters: DeadLettered) -> None:
    """
    Write letters.
    """
    events = [(each, uuid5(NAMESPACE_URL, str(each.letter.origin))) for each in letters]
    await access.publish(kafka, topics.DEAD_LETTERS, events, "test")


async def everything(kafka: KafkaSettings, topic: topics.Topic[Any]) -> list[Record]:
    """
    All committed records of a topic.
    """
    return [record async for record in access.follow(kafka, topic, from_start=True, until_end=True)]


async def test_two_people_who_retry_the_same_letters_drive_each_once(kafka: KafkaSettings) -> None:
    """
    Both have looked before either began: each letter goes back once, and is told of once, by whoever drove it.
    """
    await bury(kafka, *(of_page(number) for number in range(12)))
    told: list[Settled] = []

    async def person() -> None:
        found = await scan(kafka, Wanted())
        await ready.wait()
        await retry(kafka, found, found.index.chosen(), told.append)

    ready = asyncio.Barrier(2)
    ends = await asyncio.gather(person(), person(), return_exceptions=True)
    if any(isinstance(end, TaskFenced) for end in ends):
        await retry(kafka, again := await scan(kafka, Wanted()), again.index.chosen(), told.append)

    lane = await everything(kafka, topics.PAGE_REPLAY)
    assert [end for end in ends if end is not None and not isinstance(end, TaskFenced)] == []
    assert len({record.key for record in lane}) == len(lane) == 12
    assert len({each.key for each in told if each.into}) == sum(1 for each in told if each.into) == 12
    assert (await scan(kafka, Wanted())).index.found == {}


async def test_a_retry_waits_for_transactions_that_are_open_before_its_end(kafka: KafkaSettings) -> None:
    """
    Somebody's tombstone may lie behind what a service has not committed yet: it is seen all the same.
    """
    await bury(kafka, of_page(1))
    found = await scan(kafka, Wanted())
    [entry] = found.index.chosen()
    service = Writer("cleaner-0", "cleaner", kafka=kafka, settings=RuntimeSettings())
    await service.start()
    told: list[Settled] = []
    grave = topics.DEAD_LETTERS.name
    async with service._transaction([Outgoing(grave, entry.partition, b"other", b"x")], {}):
        await access.erase(kafka, topics.DEAD_LETTERS, entry.key, lambda _: entry.partition)
        late = asyncio.create_task(retry(kafka, found, [entry], told.append))
        await asyncio.sleep(0.5)
        is_waiting = not late.done()
        await service._producer.commit_transaction()
    await late
    await service.stop()

    assert is_waiting
    assert told == [Settled(entry.key, is_gone=True)]
    assert await everything(kafka, topics.PAGE_REPLAY) == []


def test_an_operator_types_it(kafka: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    List, show, export, retry, purge, each with its exit codes; a second retry finds nothing, and says why.
    """
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap_servers)
    whole, cut = of_page(1), of_page(2, is_cut=True, reason="BODY_TOO_LARGE")
    asyncio.run(bury(kafka, whole, cut, of_fetch(3)))
    key, file = str(whole.letter.origin), tmp_path / "letters.jsonl"

    listed = [json.loads(line) for line in types("dlq", "list", "--stage", "cleaner", "--json").splitlines()]
    shown = types("dlq", "show", key, "--original")
    types("dlq", "export", str(file), "--host", "test")
    types("dlq", "retry", expect=ExitCode.USAGE)
    types("dlq", "retry", "--all", "--dry-run")
    before = asyncio.run(everything(kafka, topics.PAGE_REPLAY))
    types("dlq", "retry", "--all", expect=ExitCode.REFUSED)
    again = types("dlq", "retry", key, expect=ExitCode.NOTHING)
    types("dlq", "purge", "--all", expect=ExitCode.USAGE)
    types("dlq", "purge", "--all", "--yes")
    types("dlq", "list", expect=ExitCode.NOTHING)
    [page] = asyncio.run(everything(kafka, topics.PAGE_REPLAY))
    [request] = asyncio.run(everything(kafka, topics.FETCH_REQUESTED))

    assert sorted(entry["reason"] for entry in listed) == ["BODY_TOO_LARGE", "WORK_TIMEOUT"]
    assert shown == whole.original
    assert len(file.read_text().splitlines()) == 3
    assert before == []
    assert again == b""
    assert (page.value, page.header("retried_from")) == (whole.original, key)
    assert page.headers["ce_id"] == whole.original_headers["ce_id"]
    assert page.partition == topics.PAGE_FETCHED.partition(page_of("https://site-1.test/1"), PARTITIONS)
    assert FetchRequested.from_wire(request.value or b"", {}).url == "https://site-3.test/away"


def types(*words: str, expect: int = 0) -> bytes:
    """
    What a command answers.
    """
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == expect, done.output
    return done.stdout_bytes
