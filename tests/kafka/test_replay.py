"""
A stretch of a topic once more, on a real Kafka: each record once, whatever happens to whoever copies.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import pytest
from typer.testing import CliRunner

from schemas import topics
from schemas.replays import Replay, Selection
from services.cli.app import app
from services.cli.errors import ExitCode
from services.cli.replays.control import begin, go_on, put
from services.cli.replays.selection import WAYS
from services.cli.replays.stretches import resolve
from services.runtime.kafka import access
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.stubs import to_article
from tests.kafka.test_tasks import page_of
from tests.kafka.watching import Subscriber


async def clean(kafka: KafkaSettings, count: int) -> None:
    """
    Write articles to the tagger's live input.
    """
    articles = [to_article(page_of(f"https://site-{number}.test/{number}")) for number in range(count)]
    events = [(article, uuid5(NAMESPACE_URL, article.url)) for article in articles]
    await access.publish(kafka, topics.ARTICLE_CLEANED, events, "test")


async def lane(kafka: KafkaSettings) -> list[Record]:
    """
    What was copied.
    """
    return [r async for r in access.follow(kafka, topics.ARTICLE_REPLAY, from_start=True, until_end=True)]


def quiet(_replay: Replay, _why: str) -> None:
    """
    Nobody is told.
    """


async def all_of_it(kafka: KafkaSettings, rate: float) -> Replay:
    """
    A replay of all articles that there are.
    """
    way, now = WAYS["articles"], datetime.now(UTC)
    stretches = await resolve(kafka, way, Selection())
    names = {"replay_id": "x", "topic": way.topic.name, "lane": way.lane.name}
    return Replay(**names, began_at=now, changed_at=now, rate=rate, stretches=stretches)


async def test_a_replay_that_was_cut_off_goes_on_and_copies_each_record_once(
    kafka: KafkaSettings, fleet: Fleet
) -> None:
    """
    Cut off, gone on with, paused from elsewhere, gone on with: copies are equal to what they are copies of.
    (`python -m bench.replay` kills it.)
    """
    fleet.start("tagger", ["tests.kafka.stub_tagger"])
    await clean(kafka, 120)
    seen = Subscriber(kafka, topics.ARTICLE_REPLAY)
    first = asyncio.create_task(begin(kafka, await all_of_it(kafka, 100), quiet))
    await seen.wait_for(20, 20)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    second = asyncio.create_task(go_on(kafka, "x", 20, quiet))
    await seen.wait_for(40, 20)
    paused = await put(kafka, "x", "paused")
    ended = await second
    before = len(await lane(kafka))
    third = await go_on(kafka, "x", 500, quiet)
    await seen.stop()
    copies = await lane(kafka)
    live = [r async for r in access.follow(kafka, topics.ARTICLE_CLEANED, from_start=True, until_end=True)]

    assert (ended.state, ended.copied) == ("paused", paused.copied)
    assert 40 <= before == paused.copied < third.copied == 120
    assert Counter(copy.header("replayed_from") for copy in copies) == Counter(str(record.origin) for record in live)
    assert {(c.key, c.value, c.partition, c.header("ce_id")) for c in copies} == {
        (r.key, r.value, r.partition, r.header("ce_id")) for r in live
    }


def test_an_operator_types_it(kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A rehearsal writes nothing; filters, the list and the ends, each with its exit code.
    """
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap_servers)
    asyncio.run(clean(kafka, 6))

    types("replay", "list", expect=ExitCode.NOTHING)
    types("replay", "start", "articles", expect=ExitCode.USAGE)
    rehearsed = told("replay", "start", "articles", "--from", "1h", "--dry-run", "--json")
    types("replay", "start", "pages", "--from", "1h", expect=ExitCode.NOTHING)
    late = told("replay", "start", "articles", "--from", "1h", "--to", "30min", "--json", expect=ExitCode.NOTHING)
    chosen = told("replay", "start", "articles", "--all", "--host", "site-1.test", "--name", "one", "--json")
    types("replay", "start", "articles", "--all", "--name", "one", expect=ExitCode.INPUT)
    types("replay", "resume", "one", expect=ExitCode.INPUT)
    types("replay", "pause", "none", expect=ExitCode.INPUT)
    listed = told("replay", "list", "--json")

    assert (rehearsed["copied"], rehearsed["state"]) == (6, "rehearsed")
    assert late == {}
    assert (chosen["copied"], chosen["left"], chosen["state"]) == (1, {"--host": 5}, "done")
    assert (listed["replayId"], listed["state"], listed["offsetsRead"]) == ("one", "done", listed["offsets"])
    [copy] = asyncio.run(lane(kafka))
    assert (copy.header("ce_subject"), copy.header("replay_id")) == ("https://site-1.test/1", "one")


def told(*words: str, expect: int = 0) -> dict[str, object]:
    """
    What a command answers in JSON; nothing where it has nothing to tell.
    """
    answer = types(*words, expect=expect)
    return json.loads(answer) if answer else {}


def types(*words: str, expect: int = 0) -> bytes:
    """
    What a command answers.
    """
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == expect, (done.output, done.exception)
    return done.stdout_bytes
