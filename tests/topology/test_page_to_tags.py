from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any, Literal

import pytest
from jsonschema import Draft202012Validator

from schemas import topics
from schemas.export import FOLDER
from services.tagger.extent import excerpt
from services.tagger.settings import TaggerSettings
from tests.topology import site
from tests.topology.chain import Chain

SCHEMA = json.loads((FOLDER / "news.article.tagged.v1.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def chain() -> Chain:
    """
    The pipeline behind the fetcher, with nothing remembered.
    """
    return Chain()


def test_a_page_becomes_a_tagged_article(chain: Chain) -> None:
    """
    Title, story, author, date and language are the page's own; the record is keyed by the article.
    """
    chain.pipe(site.html())

    [article] = chain.articles
    assert article.headline == site.TITLE
    assert article.article_body == "\n\n".join(site.STORY)
    assert [author.name for author in article.author] == ["Ada Rivers"]
    assert article.date_published == "2026-03-01T09:30:00+01:00"
    assert (article.in_language, article.version, article.pub_status) == ("en", 1, "usable")
    assert article.url == site.URL
    assert chain.records[0].key == str(article.article_id).encode()


def test_a_tagged_article_is_valid_by_the_published_schema(chain: Chain) -> None:
    """
    A subscriber that knows only the committed document accepts what is on the wire.
    """
    chain.pipe(site.html())

    [record] = chain.records
    assert record.value is not None
    validator = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert list(validator.iter_errors(json.loads(record.value))) == []


@pytest.mark.parametrize(("body", "extent"), [("full", None), ("excerpt", "excerpt"), ("none", "none")])
def test_the_output_carries_as_much_of_the_text_as_is_set(
    body: Literal["full", "excerpt", "none"], extent: str | None
) -> None:
    """
    What the cleaner passes on within the house is whole all the same; the event is valid by the published schema.
    """
    chain = Chain(TaggerSettings(body=body, excerpt_chars=60))
    chain.pipe(site.html())
    whole = "\n\n".join(site.STORY)
    [cleaned], [article] = chain.cleaner.events(topics.ARTICLE_CLEANED), chain.articles

    assert cleaned.article_body == whole
    assert article.article_body == {"full": whole, "excerpt": excerpt(whole, 60), "none": ""}[body]
    assert article.article_body_extent == extent
    assert Draft202012Validator(SCHEMA).is_valid(json.loads(chain.records[0].value or b""))


def test_a_tagged_article_can_be_filtered_without_opening_it(chain: Chain) -> None:
    """
    The attributes of CloudEvents, and those to filter by, are headers.
    """
    chain.pipe(site.html())

    stated = {name: text.decode() for name, text in chain.records[0].headers}
    assert stated["ce_specversion"] == "1.0"
    assert stated["ce_type"] == "news.article.tagged.v1"
    assert stated["ce_source"] == "news-ingest/tagger"
    assert stated["ce_time"] == "2026-03-01T12:00:00.250Z"
    assert stated["ce_subject"] == site.URL
    assert stated["ce_site"] == "valley-courier.example"
    assert stated["ce_language"] == "en"
    assert (stated["ce_version"], stated["ce_pubstatus"]) == ("1", "usable")
    assert stated["ce_mediatopic"] == "medtop:03000000"
    assert {"ce_id", "ce_dataschema", "content-type", "traceparent"} <= stated.keys()


def test_navigation_never_reaches_the_body_and_no_sentence_is_lost(chain: Chain) -> None:
    """
    "Skip to main content" and "Back To Top" are gone in any case and with no-break spaces; the same words within a
    sentence stay.
    """
    chain.pipe(site.html())

    [article] = chain.articles
    body = article.article_body.replace("\N{NO-BREAK SPACE}", " ").lower()
    assert "skip to main content" not in body
    assert "back to top" not in body.replace("back to top of the hill", "")
    assert "carried sandbags back to top of the hill before dawn" in body
    assert {removal.rule for removal in article.removed}


def test_what_a_publisher_reserves_is_told_to_subscribers(chain: Chain) -> None:
    """
    As the fetcher marked it; an article that nothing is marked of says nothing.
    """
    chain.pipe(site.html(), reserved=["noai", "tdm"])
    chain.pipe(site.html(title="Another headline"), site.FIRST_FETCH + site.HOUR)

    assert [article.reserved for article in chain.articles] == [["noai", "tdm"], None]


def test_mentions_lie_where_they_say(chain: Chain) -> None:
    """
    Every span of every entity and place gives its own text back.
    """
    chain.pipe(site.html())

    [article] = chain.articles
    fields = {
        "headline": article.headline,
        "description": article.description or "",
        "articleBody": article.article_body,
    }
    mentions = [mention for named in (*(article.entities or ()), *(article.places or ())) for mention in named.mentions]
    assert mentions
    assert [fields[m.field][m.start : m.end] for m in mentions] == [m.text for m in mentions]


def test_an_edited_title_is_the_next_version(chain: Chain) -> None:
    """
    The same key, version 2, and the field that changed is named.
    """
    chain.pipe(site.html())
    chain.pipe(site.html(title="Dam holds, families return"), site.FIRST_FETCH + site.HOUR)

    first, second = chain.articles
    assert (first.version, second.version) == (1, 2)
    assert second.changed_fields == ["headline"]
    assert second.change_ratio == 0
    assert second.revised_at == site.FIRST_FETCH + site.HOUR
    assert chain.records[0].key == chain.records[1].key


def test_a_page_that_is_gone_is_a_withdrawal_and_the_next_version(chain: Chain) -> None:
    """
    Once, without what it said; when it is back, that is a version too, and what was superseded stays so.
    """
    gone: dict[str, Any] = {"status": 410, "pub_status": "withdrawn", "url": "https://www.valley-courier.example/?id=1"}
    chain.pipe(site.html())
    chain.pipe(b"", site.FIRST_FETCH + site.HOUR, **gone)
    chain.pipe(b"", site.FIRST_FETCH + 2 * site.HOUR, **gone)
    chain.pipe(site.html(), site.FIRST_FETCH)
    chain.pipe(site.html(), site.FIRST_FETCH + 3 * site.HOUR)

    first, withdrawn, back = chain.articles
    stated = {name: text.decode() for name, text in chain.records[1].headers}
    assert (withdrawn.version, withdrawn.pub_status, withdrawn.changed_fields) == (2, "withdrawn", ["pubStatus"])
    assert (withdrawn.headline, withdrawn.article_body, withdrawn.url) == ("", "", first.url)
    assert (stated["ce_pubstatus"], chain.records[1].key) == ("withdrawn", chain.records[0].key)
    assert (back.version, back.pub_status, back.article_body) == (3, "usable", first.article_body)
    assert "pubStatus" in back.changed_fields


def test_a_withdrawal_replayed_is_the_same_event(chain: Chain) -> None:
    """
    Byte for byte; that of an article that nobody knows is dropped.
    """
    gone: dict[str, Any] = {"status": 404, "pub_status": "withdrawn"}
    unknown = chain.pipe(b"", site.FIRST_FETCH, **gone)
    chain.pipe(site.html(), site.FIRST_FETCH + site.HOUR)
    for _ in range(2):
        chain.pipe(b"", site.FIRST_FETCH + 2 * site.HOUR, **gone)

    assert unknown[-1].reason == "UNKNOWN"
    assert chain.records[1] == chain.records[2]
    assert len(chain.records) == 3


def test_another_advert_is_no_new_version(chain: Chain) -> None:
    """
    What surrounds the story may change at every fetch.
    """
    chain.pipe(site.html())
    *_, tagged = chain.pipe(site.html(advert="Boots, half price."), site.FIRST_FETCH + site.HOUR)

    assert (tagged.outcome, tagged.reason) == ("drop", "UNCHANGED")
    assert len(chain.records) == 1


def test_the_same_page_again_gives_the_same_record(chain: Chain) -> None:
    """
    A replay writes key, value and headers byte for byte as they were.
    """
    chain.pipe(site.html())
    chain.pipe(site.html())

    first, again = chain.records
    assert again == first


def test_an_older_page_is_superseded(chain: Chain) -> None:
    """
    A back-fill out of order never overwrites a newer revision.
    """
    chain.pipe(site.html())
    *_, tagged = chain.pipe(site.html(title="Dam may break"), site.FIRST_FETCH - site.HOUR)

    assert (tagged.outcome, tagged.reason) == ("drop", "SUPERSEDED")
    assert [article.headline for article in chain.articles] == [site.TITLE]


def test_bytes_that_are_no_text_are_a_dead_letter(chain: Chain) -> None:
    """
    A picture that says it is a page harms itself only.
    """
    body = bytes(range(256)) * 40
    [cleaned] = chain.pipe(body)[:1]
    chain.pipe(site.html(), site.FIRST_FETCH + site.HOUR)

    assert cleaned.outcome in ("deadletter", "drop")
    assert len(chain.articles) == 1


def test_a_deleted_page_or_article_is_no_dead_letter(chain: Chain) -> None:
    """
    Compacted topics have tombstones: what is deleted upstream is an expected end, not a bug in the stage.
    """
    ends = [
        chain.cleaner.pipe_record(chain.cleaner.record("news.page.fetched", b"key", None, {})),
        chain.tagger.pipe_record(chain.tagger.record("news.article.cleaned", b"key", None, {})),
    ]

    assert [end.outcome for end in ends] == ["drop", "drop"]


SCRIPT = """
from tests.topology import site
from tests.topology.chain import Chain
chain = Chain()
chain.pipe(site.html())
chain.pipe(site.html(title="Dam holds, families return"), site.FIRST_FETCH + site.HOUR)
for record in (*chain.cleaner.records, *chain.tagger.records):
    print(record)
"""


def test_any_process_gives_the_same_bytes(chain: Chain) -> None:
    """
    Every record of both stages, tables included, is the same in other processes with other seeds of hashes.
    """
    chain.pipe(site.html())
    chain.pipe(site.html(title="Dam holds, families return"), site.FIRST_FETCH + site.HOUR)
    here = [str(record) for record in (*chain.cleaner.records, *chain.tagger.records)]

    assert len(here) == 8
    assert run("1").splitlines() == here
    assert run("2").splitlines() == here


def run(seed: str) -> str:
    """
    What the same pages give elsewhere.
    """
    environ = os.environ | {"PYTHONHASHSEED": seed}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environ, capture_output=True, text=True, check=True
    ).stdout
