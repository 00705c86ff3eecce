"""
The whole way: URLs in, tagged events out, through three service processes, a real broker and real HTTP.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import jsonschema
from aiokafka.errors import KafkaError

from schemas import topics
from schemas.dead_letters import DeadLettered
from schemas.envelope import schema_name
from schemas.events import FetchRequested
from schemas.export import FOLDER
from schemas.ids import request_id
from services.runtime.errors import BrokerError
from services.runtime.kafka import access
from services.runtime.settings import KafkaSettings
from tests.kafka.fleet import Fleet
from tests.kafka.site import MIB, Site, served
from tests.kafka.test_bad_records import buried, put_raw
from tests.kafka.test_kill import doubled, missing
from tests.kafka.watching import Subscriber, counted

ARTICLES = 500
SECONDS = 45.0
LATE_S = 30.0
BAD = {
    "hang": "WORK_TIMEOUT",
    "crash": "WORKER_DIED",
    "huge": "BODY_TOO_LARGE",
    "invalid": "UNDECODABLE",
    "bomb": "DECOMPRESSION_BOMB",
}


def web_environ(site: Site) -> dict[str, str]:
    """
    Let the fetcher reach the local web, quickly.
    """
    return {
        "NEWS_FETCHER_ALLOWED_NETWORKS": "127.0.0.0/8",
        "NEWS_FETCHER_ALLOWED_PORTS": str(site.port),
        "NEWS_FETCHER_DELAY_S": "0.05",
        "NEWS_FETCHER_RETRY_BASE_S": "1",
    }


def start_real(fleet: Fleet, site: Site, cleaner: str = "services.cleaner", replicas: int = 1) -> None:
    """
    Start the three services.
    """
    for name, module in (("fetcher", "services.fetcher"), ("cleaner", cleaner), ("tagger", "services.tagger")):
        fleet.start(name, [module], replicas=replicas, environ=web_environ(site))


async def request(kafka: KafkaSettings, urls: list[str]) -> None:
    """
    Ask for pages.
    """
    now = datetime.now(UTC)
    events = [FetchRequested(url=url, requested_at=now) for url in urls]
    await access.publish(kafka, topics.FETCH_REQUESTED, [(e, request_id("test", e.url)) for e in events], "test")


async def insist(kafka: KafkaSettings, urls: list[str]) -> None:
    """
    Ask for pages until the broker has taken it; asking twice makes no second event.
    """
    while True:
        try:
            return await request(kafka, urls)
        except (BrokerError, KafkaError):
            await asyncio.sleep(1)


async def request_over(kafka: KafkaSettings, urls: list[str], seconds: float) -> None:
    """
    Ask for pages, spread over a time.
    """
    step = max(1, len(urls) // int(seconds * 2))
    for start in range(0, len(urls), step):
        await insist(kafka, urls[start : start + step])
        await asyncio.sleep(seconds * step / len(urls))


async def test_bad_pages_are_buried_with_their_bytes_while_500_others_pass_in_time(
    kafka: KafkaSettings, fleet: Fleet
) -> None:
    """
    A page that hangs its worker, one that kills it, one of 50 MB, one of invalid bytes, a gzip bomb and a record that
    is no event: each is a dead letter with reason, origin and bytes; 500 others become valid events, each once, none
    more than 30 s after it was asked for; a page that names another publisher's article as canonical touches it not.
    """
    async with served() as site:
        start_real(fleet, site, cleaner="tests.kafka.sabotaged_cleaner")
        seen = Subscriber(kafka, topics.ARTICLE_TAGGED)
        good = [site.url(number) for number in range(ARTICLES)] + [site.bad("foreign")]
        await request(kafka, good[:1])
        await seen.wait_for(1, 60)
        await request(kafka, [site.bad(name) for name in BAD])
        await put_raw(kafka, b"{ not json")
        await request_over(kafka, good[1:], SECONDS)
        await seen.wait_for(len(good), LATE_S)
        letters = await buried(kafka, len(BAD) + 1)
        await seen.stop()
        after = await counted(kafka, topics.ARTICLE_TAGGED)

    assert missing(good, seen.seen) == []
    assert doubled(seen.seen) == {}
    assert after == seen.seen
    assert max(lateness(seen)) < LATE_S
    check_letters(site, letters)
    check_events(seen)


def lateness(seen: Subscriber) -> list[float]:
    """
    Seconds from request to tagged event, by the broker's clock; the warm-up is no article's fault.
    """
    stamps = [(r.timestamp, json.loads(r.value or b"")["timeline"]["discoveredAt"]) for r in seen.records[1:]]
    return [(arrived - datetime.fromisoformat(asked)).total_seconds() for arrived, asked in stamps]


def check_letters(site: Site, letters: list[DeadLettered]) -> None:
    """
    Every bad page has its letter.
    """
    by_subject = {letter.letter.subject: letter for letter in letters}
    for name, reason in BAD.items():
        letter = by_subject[site.bad(name)].letter
        assert (name, letter.reason) == (name, reason)
        assert letter.origin.topic in (topics.FETCH_REQUESTED.name, topics.PAGE_FETCHED.name)
        assert letter.original_sha256
    assert b"please hang the worker" in by_subject[site.bad("hang")].original
    huge = by_subject[site.bad("huge")]
    assert (huge.letter.is_cut, huge.letter.declared_bytes, huge.original) == (True, 50 * MIB, b"x" * 65536)
    assert [letter.original for letter in letters if letter.letter.reason == "NOT_AN_EVENT"] == [b"{ not json"]


def check_events(seen: Subscriber) -> None:
    """
    Every event is what the published schema says, judged by a validator that knows nothing of our models.
    """
    schema = json.loads((FOLDER / schema_name(topics.ARTICLE_TAGGED.event)).read_text())
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    for record in seen.records:
        event = json.loads(record.value or b"")
        validator.validate(event)
        assert "Skip to main content" not in event["articleBody"]
        assert "Back To Top" not in event["articleBody"]
    articles = {json.loads(r.value or b"")["url"]: json.loads(r.value or b"")["articleId"] for r in seen.records}
    assert len(set(articles.values())) == len(articles)
