"""
The code at hand on what was published, on a real Kafka: what it would change, which changes nothing there; and what it
makes, on a topic aside.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from schemas import topics
from schemas.events import PageFetched
from schemas.ids import article_id
from schemas.replays import Replay, Selection
from services.cleaner.settings import CleanerSettings
from services.cleaner.topology import cleaner_topology
from services.cli.app import app
from services.cli.errors import ExitCode
from services.cli.replays.control import begin, go_on
from services.cli.replays.selection import WAYS
from services.cli.replays.sides import making
from services.cli.replays.stretches import resolve
from services.runtime.errors import TopicsError
from services.runtime.kafka import access, admin
from services.runtime.kafka.writer import Writer
from services.runtime.record import Record
from services.runtime.settings import KafkaSettings, RuntimeSettings
from services.runtime.testing import TopologyDriver
from services.tagger.settings import TaggerSettings
from services.tagger.topology import tagger_topology
from tests.kafka.conftest import PARTITIONS
from tests.topology.site import fetched
from tests.topology.test_site_lines import HOUSE, SITE, START, page

OTHER = "valley-post.example"
LATER, MINUTE = START + timedelta(hours=2), timedelta(minutes=1)
EDIT = "An earlier report said that the school would stay open for the whole of the winter, which was not so."


def other(path: str, body: bytes) -> PageFetched:
    """
    A page of another site.
    """
    url = f"https://{OTHER}/{path}"
    known = {"url": url, "request_url": url, "canonical_url": url, "article_id": article_id(url), "site": OTHER}
    return fetched(body, LATER, **known)


async def all_of(kafka: KafkaSettings, topic: topics.Topic[Any]) -> list[Record]:
    """
    A topic's committed records.
    """
    return [record async for record in access.follow(kafka, topic, from_start=True, until_end=True)]


async def serve(kafka: KafkaSettings, driver: TopologyDriver, group: str, live: topics.Topic[Any]) -> None:
    """
    Work off a live input with a service's own stage, and commit what it writes with the group's offsets.
    """
    for record in await all_of(kafka, live):
        driver.now = START
        driver.pipe_record(record)
    ends = {(live.name, n): span.end for n, span in (await admin.spans(kafka, live)).items()}
    writer = Writer(f"test-{group}", group, kafka=kafka, settings=RuntimeSettings(transaction_timeout_s=5))
    await writer.start()
    await writer.commit(driver.records, ends)
    await writer.stop()


async def publish(kafka: KafkaSettings) -> None:
    """
    Eight articles teach the line of a house, which the ninth is published without; an older page of it comes too late;
    a tenth comes from elsewhere, a page is too short, and one is no text.
    """
    taught = [page(number) for number in range(8)]
    late = [
        page(90, at=LATER),
        page(90, at=LATER - MINUTE, edit=EDIT),
        page(91, at=LATER, site=OTHER),
        other("short", b"<p>Nothing yet.</p>"),
    ]
    pages = [*taught, *late, other("raw", b"\x00\xff\xfe\x81" * 400)]
    cleaner = TopologyDriver(cleaner_topology(CleanerSettings()), partitions=PARTITIONS)
    await access.publish(kafka, topics.PAGE_FETCHED, [(each, each.meta.page_id) for each in pages], "test")
    await serve(kafka, cleaner, "cleaner", topics.PAGE_FETCHED)
    tagger = TopologyDriver(tagger_topology(TaggerSettings()), partitions=PARTITIONS)
    await serve(kafka, tagger, "tagger", topics.ARTICLE_CLEANED)


async def ends(kafka: KafkaSettings) -> dict[str, list[int]]:
    """
    Where every topic ends.
    """
    found = {}
    for topic in topics.ALL:
        found[topic.name] = [span.end for _, span in sorted((await admin.spans(kafka, topic)).items())]
    return found


def compared(*words: str, environ: Mapping[str, str] | None = None, expect: int = 0) -> dict[str, Any]:
    """
    What the command answers in JSON, under some settings; nothing where it has nothing to tell.
    """
    done = CliRunner(env=environ).invoke(app, ["replay", "compare", *words, "--json"])
    assert done.exit_code == expect, (done.output, done.exception)
    answer: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
    return answer


def test_exactly_the_difference_that_was_put_in_is_shown_and_nothing_is_published(
    kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """
    Where learned lines are kept in one site, those of its pages that were cleaned without them are longer by one line;
    all others read as they do. No topic has grown.
    """
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap_servers)
    monkeypatch.setenv("NEWS_RUNTIME_WORKERS", "1")
    view = tmp_path / "changes.html"
    nothing = compared("pages", "--all", expect=ExitCode.NOTHING)
    asyncio.run(publish(kafka))
    before = asyncio.run(ends(kafka))
    monkeypatch.setenv("NEWS_CLEANER_SITE_LINES_KEPT", SITE)
    found = compared("pages", "--all", "--html", str(view))
    after = asyncio.run(ends(kafka))

    assert nothing == {}
    assert (found["inputs"], found["compared"], found["otherwise"], list(found["sites"])) == (13, 11, 2, [SITE])
    assert {(end["before"], end["after"]): end["count"] for end in found["ends"]} == {
        ("published", "published"): 11,
        ("dead letter: UNDECODABLE", "dead letter: UNDECODABLE"): 1,
        ("not published", "dropped: TOO_SHORT"): 1,
    }
    assert list(found["fields"]) == ["articleBody"]
    assert (found["fields"]["articleBody"]["changed"], found["fields"]["articleBody"]["longer"]) == (2, 2)
    assert view.read_text().count(f"<ins>{HOUSE}</ins>") == view.read_text().count("<ins>") == 2
    assert before == after


@pytest.mark.e2e
async def test_a_side_topic_gets_all_versions_once_and_the_live_output_stays_as_it_is(kafka: KafkaSettings) -> None:
    """
    Cut off and gone on with: what was published is there with the same bytes and ids, and a page that came too late.
    """
    await publish(kafka)
    before = await ends(kafka)
    way, now = WAYS["pages"], datetime.now(UTC)
    names = {"replay_id": "trial", "topic": way.topic.name, "lane": "news.side.trial"}
    stretches = await resolve(kafka, way, Selection())
    replay = Replay(**names, began_at=now, changed_at=now, rate=4, stretches=stretches)
    at_hand = making(kafka, {"NEWS_RUNTIME_WORKERS": "1"})
    first = asyncio.create_task(begin(kafka, replay, lambda *_: None, at_hand))
    await until_written(kafka, "trial", 2)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    cut_at = len(await all_of(kafka, topics.side_topic("trial")))
    done = await go_on(kafka, "trial", 100, lambda *_: None, at_hand)
    after = await ends(kafka)
    live, side = await all_of(kafka, topics.ARTICLE_TAGGED), await all_of(kafka, topics.side_topic("trial"))

    assert 2 <= cut_at < 11
    assert (done.state, done.copied) == ("done", 11)
    assert done.left == {"dead letter: UNDECODABLE": 1, "dropped: TOO_SHORT": 1}
    assert [name for name in before if before[name] != after[name]] == [topics.REPLAYS.name]
    assert len({r.header("replayed_from") for r in side}) == len(side) == len(live) + 1 == 11
    assert {(r.key, r.value, r.header("ce_id")) for r in live} < {(r.key, r.value, r.header("ce_id")) for r in side}
    assert [r.header("replay_id") for r in side if EDIT in (r.value or b"").decode()] == ["trial"]


async def until_written(kafka: KafkaSettings, name: str, count: int) -> None:
    """
    Wait for so many events on a side topic.
    """
    async with asyncio.timeout(120):
        while True:
            with suppress(TopicsError):
                if len(await all_of(kafka, topics.side_topic(name))) >= count:
                    return
            await asyncio.sleep(0.2)
