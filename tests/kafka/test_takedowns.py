"""
An article is taken down, on a real Kafka.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any

import pytest

from schemas import topics
from schemas.ids import article_id, state_id
from schemas.state import FrontierEntry
from schemas.takedowns import Takedown
from services.cli.errors import ExitCode
from services.cli.takedowns.control import Wish, take_down
from services.cli.takedowns.finding import trail_of
from services.runtime.kafka import access
from services.runtime.settings import KafkaSettings
from tests.kafka.conftest import PARTITIONS
from tests.kafka.fleet import Fleet
from tests.kafka.stubs import to_article
from tests.kafka.test_dead_letters import NOW, bury, everything, of_page, types
from tests.kafka.test_tasks import page_of, put
from tests.kafka.watching import Subscriber

URL, OTHER = "https://site-1.test/1", "https://site-1.test/2"
ALIAS = "https://site-1.test/print/1"
ID = str(article_id(URL))


LEFT = (
    topics.PAGE_FETCHED,
    topics.ARTICLE_CLEANED,
    topics.LEDGER,
    topics.ARTICLE_TAGGED,
    topics.DEAD_LETTERS,
)


async def clean(kafka: KafkaSettings, *urls: str) -> None:
    """
    Write articles, as the cleaner does.
    """
    articles = [to_article(page_of(url)) for url in urls]
    events = [(article, state_id("test", article.url, b"")) for article in articles]
    await access.publish(kafka, topics.ARTICLE_CLEANED, events, "test")


async def remember(kafka: KafkaSettings, url: str, leads_to: str) -> None:
    """
    Write an entry of the frontier, as the fetcher does.
    """
    entry = FrontierEntry(
        url=url, kind="page", state="done", changed_at=NOW, request_id="r", article_id=article_id(leads_to)
    )
    await access.publish(kafka, topics.FRONTIER, [(entry, state_id("test", url, b""))], "test")


async def standing(kafka: KafkaSettings, topic: topics.Topic[Any]) -> set[str]:
    """
    The keys of a topic that were not deleted last.
    """
    last = {record.key: record.value for record in await everything(kafka, topic)}
    return {(key or b"").decode() for key, value in last.items() if value is not None}


async def test_an_article_is_undeliverable_at_once_and_others_are_untouched(kafka: KafkaSettings, fleet: Fleet) -> None:
    """
    What stands of it is deleted, whoever wrote it: by the service whose key it is, or by the command. What comes of it
    later is dropped, and deleted where it lies. The services that do not run are named.
    """
    await clean(kafka, URL, OTHER)
    await put(kafka, topics.PAGE_FETCHED, [URL, OTHER])
    await remember(kafka, ALIAS, leads_to=URL)
    await bury(kafka, of_page(1), of_page(2))
    fleet.start("tagger", ["tests.kafka.stub_tagger"])
    seen = Subscriber(kafka, topics.ARTICLE_TAGGED)
    await seen.wait_for(2, 30)

    ordered = await take_down(kafka, Wish(trail_of(URL), "a court's order", "ada", 0.2), lambda _: None)
    await clean(kafka, URL, "https://site-1.test/3")
    await seen.wait_for(4, 10)  # two articles, a tombstone, the third article
    await seen.stop()
    notices = await everything(kafka, topics.TAKEDOWNS)
    left = {topic.name: await standing(kafka, topic) for topic in LEFT}

    assert set(ordered.unheard) == {"fetcher", "cleaner", "linker"}
    assert set(ordered.takedown.article_ids) == {article_id(URL), article_id(ALIAS)}
    assert ordered.takedown.touched == {
        "news.fetch.frontier": 1,
        "news.page.fetched": 1,
        "news.article.cleaned": 1,
        "news.article.ledger": 1,
        "news.article.tagged": 1,
        "news.dead-letters": 1,
    }
    deleted = Counter(record.key.decode() for record in seen.records if record.value is None and record.key)
    assert set(deleted) == {ID, str(article_id(ALIAS))}
    assert {url: count for url, count in seen.seen.items() if url} == {URL: 1, OTHER: 1, "https://site-1.test/3": 1}
    others = {str(article_id(OTHER)), str(article_id("https://site-1.test/3"))}
    assert left["news.article.tagged"] == left["news.article.cleaned"] == left["news.article.ledger"] == others
    assert left["news.page.fetched"] == {topics.PAGE_FETCHED.key(page_of(OTHER))}
    assert left["news.dead-letters"] == {"news.page.fetched/0/2"}
    assert {record.partition for record in notices if record.key} == set(range(PARTITIONS))
    assert "site-1" not in "".join(str(Takedown.from_wire(r.value, {}).article_ids) for r in notices if r.value)


@pytest.mark.e2e
def test_an_operator_takes_down_and_lifts(kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A dry run writes nothing; a second order completes the first, whose reason stays; a replay passes it over.
    """
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap_servers)
    asyncio.run(put(kafka, topics.PAGE_FETCHED, [URL, OTHER]))

    rehearsed = json.loads(types("takedown", URL, "--dry-run", "--json"))
    types("takedown", "list", expect=ExitCode.NOTHING)
    types("takedown", URL, expect=ExitCode.USAGE)
    types("takedown", URL, "--reason", "first", "--by", "ada", "--settle", "0", expect=ExitCode.NOT_DRAINED)
    again = types("takedown", ID, "--reason", "second", "--settle", "0", expect=ExitCode.NOT_DRAINED).decode()
    [listed] = [json.loads(line) for line in types("takedown", "list", "--json").splitlines()]
    asyncio.run(put(kafka, topics.PAGE_FETCHED, [URL]))
    asyncio.run(bury(kafka, of_page(1)))
    retried = json.loads(types("dlq", "retry", "--all", "--json", expect=ExitCode.REFUSED))
    replayed = json.loads(types("replay", "start", "pages", "--all", "--dry-run", "--json"))
    types("takedown", "lift", URL, "--reason", "withdrawn", expect=ExitCode.NOT_DRAINED)
    types("takedown", "lift", URL, "--reason", "withdrawn", expect=ExitCode.INPUT)

    assert (rehearsed["takedownId"], rehearsed["touched"]) == (ID, {"news.page.fetched": 1})
    assert "backups" in again
    assert "WARC" in again
    assert (listed["by"], listed["reason"], listed["touched"]) == ("ada", "first", {"news.page.fetched": 1})
    assert "taken down" in json.dumps(retried)
    assert listed["sweptAt"] > listed["beganAt"]
    assert (replayed["copied"], replayed["left"]) == (1, {"deletion": 1, "taken down": 2})
