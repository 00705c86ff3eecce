from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from schemas import topics
from schemas.envelope import seal
from schemas.events import ArticleTagged, PageFetched
from schemas.ids import page_id
from schemas.replays import Replay
from schemas.state import SiteLines
from services.cleaner.settings import CleanerSettings
from services.cleaner.sites.learning import key_of
from services.cleaner.sites.site_lines import digest_of
from services.cleaner.topology import cleaner_topology
from services.cli.comparing.rerun import Hand, Hands, Settings, Work
from services.cli.replays.sides import Side
from services.runtime.errors import SettingsError
from services.runtime.pool import Done, Worked
from services.runtime.record import Record
from services.runtime.table import Table
from services.runtime.topology import Topology
from services.tagger.settings import TaggerSettings
from services.tagger.topology import tagger_topology
from tests.topology.test_site_lines import HOUSE, SITE, page

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def here(topology: Topology) -> Work:
    """
    A worker that is this process.
    """

    async def work(*arguments: Any) -> Worked:
        return Done(topology.stage.work(*arguments))

    return work


def hands(lines: Table | None = None) -> Hands:
    """
    Both services, as they come.
    """
    cleaner, tagger = cleaner_topology(CleanerSettings()), tagger_topology(TaggerSettings())
    known = lines if lines is not None else Table(SiteLines)
    at_pages = Hand(cleaner, topics.PAGE_REPLAY, here(cleaner), known)
    return Hands(at_pages, Hand(tagger, topics.ARTICLE_REPLAY, here(tagger)))


def record(page: PageFetched, offset: int = 0) -> Record:
    """
    A page on its topic.
    """
    sealed = seal(topics.PAGE_FETCHED, page, page.meta.page_id, "fetcher")
    return Record(topics.PAGE_FETCHED.name, 0, offset, NOON, sealed.key, sealed.value, dict(sealed.headers))


def with_body(body: bytes) -> PageFetched:
    """
    A page of other bytes.
    """
    given = page(1)
    meta = given.meta.model_copy(update={"page_id": page_id(given.meta.url, NOON, body.hex()[:64])})
    return given.model_copy(update={"body": body, "meta": meta})


def aside() -> Replay:
    """
    A replay of pages to a side topic.
    """
    names = {"replay_id": "trial", "topic": topics.PAGE_FETCHED.name, "lane": "news.side.trial"}
    return Replay(**names, began_at=NOON, changed_at=NOON)


def learned() -> Table:
    """
    The line of a house, valid from eleven.
    """
    digest = digest_of(HOUSE)
    assert digest is not None
    start = NOON - timedelta(hours=1)
    snapshot = SiteLines(site=SITE, valid_from=start, lines={digest.hex(): 100}, articles=8, page_id=UUID(int=1))
    lines = Table(SiteLines)
    lines.restore(key_of(SITE, start), snapshot.to_wire()[0])
    return lines


async def test_a_page_is_followed_to_its_tags() -> None:
    """
    With what it is about.
    """
    entry = await hands().entry(record(page(1)))

    assert (entry.end, entry.site, entry.arrived) == ("published", SITE, NOON)
    assert HOUSE in (entry.cleaned or b"").decode()
    assert ArticleTagged.from_wire(entry.tagged or b"", {}).version == 1


async def test_a_page_is_cleaned_with_what_was_known_when_it_was_fetched() -> None:
    """
    As in the service.
    """
    at_hand = hands(learned())
    before = await at_hand.run(record(page(1, at=NOON - timedelta(hours=2))))
    after = await at_hand.run(record(page(1, at=NOON)))

    assert [HOUSE in json.loads(made.cleaned or b"")["articleBody"] for made in (before, after)] == [True, False]


@pytest.mark.parametrize(
    ("given", "end"),
    [
        (record(with_body(b"<p>Nothing yet.</p>")), "dropped: TOO_SHORT"),
        (record(with_body(b"\x00\xff\xfe\x81" * 400)), "dead letter: UNDECODABLE"),
        (replace(record(page(1)), headers={}), "dead letter: NOT_AN_EVENT"),
    ],
)
async def test_what_gives_no_article_has_another_end(given: Record, end: str) -> None:
    """
    With the service's own reason; what is no event is known by its place.
    """
    entry = await hands().entry(given)

    assert (entry.end, entry.cleaned, entry.tagged) == (end, None, None)


async def test_an_article_needs_no_cleaner() -> None:
    """
    Nor does one that is no event stop the others.
    """
    both = hands()
    made = await both.run(record(page(1)))
    article = Record(topics.ARTICLE_CLEANED.name, 1, 5, NOON, b"key", made.cleaned, {"ce_id": b"x"})
    tagger = Hands(None, both.tagger)
    found, broken = await tagger.entry(article), await tagger.entry(replace(article, value=b"{"))

    assert (found.end, found.id) == ("published", str(page(1).meta.page_id))
    assert (broken.end, broken.id, broken.cleaned) == ("dead letter: NOT_AN_EVENT", "news.article.cleaned/1/5", None)


async def test_a_side_topic_gets_every_version_in_the_order_of_the_pages() -> None:
    """
    Also one that the ledger would drop; what gives no event is counted by its end.
    """
    old, new = page(1, at=NOON), page(1, at=NOON + timedelta(hours=1), edit="The school was sold to the mayor.")
    batch = [record(new, 1), record(with_body(b"<p>Nothing yet.</p>"), 2), record(old, 3), record(old, 4)]
    made = await Side(hands(), aside(), 4).make(batch)
    number = topics.partition_of(str(old.meta.article_id), 4)
    marks = [dict(each.headers)["replayed_from"].decode() for each in made.records]

    assert {(each.topic, each.key.decode(), each.partition) for each in made.records} == {
        ("news.side.trial", str(old.meta.article_id), number)
    }
    assert marks == [f"news.page.fetched/0/{offset}" for offset in (1, 3, 4)]
    assert ["sold to the mayor" in (each.value or b"").decode() for each in made.records] == [True, False, False]
    assert made.left == {"dropped: TOO_SHORT": 1}


async def test_a_withdrawal_is_left_out_of_a_side_topic() -> None:
    """
    It has no text, and no version before it.
    """
    given = page(1)
    gone = given.model_copy(update={"body": b"", "meta": given.meta.model_copy(update={"pub_status": "withdrawn"})})
    made = await Side(hands(), aside(), 4).make([record(gone)])

    assert (made.records, made.left) == ([], {"withdrawal": 1})


def test_settings_are_those_of_the_services() -> None:
    """
    A mistyped one is told before anything is read.
    """
    assert Settings.from_environ({"NEWS_CLEANER_MIN_CHARS": "300"}).cleaner.min_chars == 300
    with pytest.raises(SettingsError, match="NEWS_TAGGER_MAX_KEYWORD"):
        Settings.from_environ({"NEWS_TAGGER_MAX_KEYWORD": "3"})
