from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import pytest

from schemas import topics
from schemas.events import ArticleTagged
from schemas.parts import Image, LiveEntry, Removal, Truncation
from services.runtime.testing import TopologyDriver
from services.tagger.extent import excerpt
from services.tagger.settings import TaggerSettings
from services.tagger.topology import tagger_topology
from tests.unit.tagger.conftest import make_article

BODY = (
    "Margaret Quill opened the mill in Norway. The river had been high for days.\n\n"
    "Correction: the mill is older than we said. Later, in Sweden, Quill told Reuters that Oslo would pay for the dam."
)
FIELDS: dict[str, Any] = {
    "description": "Margaret Quill, of the Upland Drainage Board, opened it. Nobody had expected her to.",
    "article_body_markdown": BODY,
    "article_body_html": f"<p>{BODY}</p>",
    "image": [Image(url="https://paper.example/mill.jpg", caption="The mill")],
    "removed": [Removal(rule="share", text="Share this", at=41)],
    "correction": ["Correction: the mill is older than we said."],
    "live_blog_update": [LiveEntry(headline="Open", start=0, end=41), LiveEntry(headline="Later", start=122, end=190)],
    "truncation": Truncation(evidence=["prompt"], prompt="Subscribe to read all of it"),
}


def settings(body: Literal["full", "excerpt", "none"], chars: int = 60) -> TaggerSettings:
    return TaggerSettings(body=body, excerpt_chars=chars)


def published(given: TaggerSettings, *bodies: str) -> list[ArticleTagged]:
    """
    What a subscriber reads of an article whose page had these bodies one after the other.
    """
    driver = TopologyDriver(tagger_topology(given))
    for page, body in enumerate(bodies, start=1):
        driver.pipe(make_article(body, page=page, **FIELDS))
    return [event for event in driver.events(topics.ARTICLE_TAGGED) if isinstance(event, ArticleTagged)]


def text_of(article: ArticleTagged) -> dict[str, Any]:
    """
    The fields that hold text of the article.
    """
    return {name: value for name, value in article if name in {"article_body", *FIELDS}}


def test_by_default_an_event_carries_all_of_the_text() -> None:
    """
    And says nothing about how much of it there is.
    """
    [article] = published(TaggerSettings(), BODY)

    assert text_of(article) == {"article_body": BODY, **FIELDS}
    assert b"articleBodyExtent" not in article.to_wire()[0]


def test_an_excerpt_is_the_beginning_and_nothing_that_would_bring_the_rest_back() -> None:
    """
    Whole sentences of the body and of the standfirst; no other form of the text, no pictures, no removed lines; updates
    and corrections as far as they stand in it.
    """
    [article] = published(settings("excerpt"), BODY)

    assert text_of(article) == {
        "article_body": "Margaret Quill opened the mill in Norway.",
        "description": "Margaret Quill, of the Upland Drainage Board, opened it.",
        "article_body_markdown": None,
        "article_body_html": None,
        "image": [],
        "removed": [],
        "correction": None,
        "live_blog_update": [FIELDS["live_blog_update"][0]],
        "truncation": Truncation(evidence=["prompt"]),
    }
    assert article.article_body_extent == "excerpt"


def test_a_correction_that_stands_in_the_excerpt_is_kept() -> None:
    """
    It is part of what may be told.
    """
    [article] = published(settings("excerpt", 140), BODY)

    assert article.article_body.endswith("older than we said.")
    assert article.correction == FIELDS["correction"]


def test_without_a_body_there_is_headline_and_link_and_what_is_said_about_it() -> None:
    """
    No text of the article's own is left.
    """
    [article] = published(settings("none"), BODY)

    assert {name: value for name, value in text_of(article).items() if value} == {
        "truncation": Truncation(evidence=["prompt"])
    }
    assert article.article_body_extent == "none"
    assert (article.headline, article.url) == ("A headline", "https://paper.example/story")
    assert "Margaret Quill" in {entity.name for entity in article.entities or ()}


@pytest.mark.parametrize("body", ["excerpt", "none"])
def test_tags_and_counts_are_those_of_the_whole_text(body: Literal["excerpt", "none"]) -> None:
    """
    Only the text is held back: who is found, what it is about and how long it is stay as they are.
    """
    [whole], [kept] = published(settings("full"), BODY), published(settings(body), BODY)
    names = [[each.name for each in article.entities or ()] for article in (whole, kept)]

    assert names[0] == names[1]
    assert [place.name for place in kept.places or ()] == [place.name for place in whole.places or ()] != []
    assert (kept.word_count, kept.subjects, kept.keywords) == (whole.word_count, whole.subjects, whole.keywords)


@pytest.mark.parametrize("body", ["excerpt", "none"])
def test_every_mention_stands_in_the_text_that_is_there(body: Literal["excerpt", "none"]) -> None:
    """
    A position in a text that is held back would lead nowhere.
    """
    [article] = published(settings(body), BODY)
    texts = {"headline": article.headline, "description": article.description, "articleBody": article.article_body}
    mentions = [m for each in [*(article.entities or ()), *(article.places or ())] for m in each.mentions]

    assert [(texts[m.field] or "")[m.start : m.end] for m in mentions] == [m.text for m in mentions]


@pytest.mark.parametrize("body", ["excerpt", "none"])
def test_versions_are_decided_on_the_whole_text(body: Literal["excerpt", "none"]) -> None:
    """
    An edit far behind the excerpt is a version, with the share of the whole that is new; the same text again is none.
    """
    edited = BODY.replace("Oslo would pay", "nobody would pay")
    whole, kept = published(settings("full"), BODY, edited, edited), published(settings(body), BODY, edited, edited)

    assert [(a.version, a.changed_fields, a.change_ratio) for a in kept] == [
        (a.version, a.changed_fields, a.change_ratio) for a in whole
    ]
    assert [article.version for article in kept] == [1, 2]


def test_ids_of_articles_and_pages_stay_and_those_of_events_change() -> None:
    """
    Another setting is another fingerprint: a subscriber tells an event with the whole text from one without.
    """
    by_setting = [TopologyDriver(tagger_topology(settings(body))) for body in ("full", "excerpt", "none")]
    for driver in by_setting:
        driver.pipe(make_article(BODY))
    records = [driver.output(topics.ARTICLE_TAGGED)[0] for driver in by_setting]
    events = [ArticleTagged.from_wire(record.value or b"", {}) for record in records]

    assert {(record.key, event.page_id) for record, event in zip(records, events, strict=True)} == {
        (str(UUID(int=7)).encode(), UUID(int=1001))
    }
    assert len({dict(record.headers)["ce_id"] for record in records}) == 3


def test_a_withdrawal_says_nothing_of_an_extent() -> None:
    """
    Its text is gone, not held back.
    """
    driver = TopologyDriver(tagger_topology(settings("excerpt")))
    driver.pipe(make_article(BODY))
    driver.pipe(make_article("", headline="", page=2, pub_status="withdrawn"))
    [_, gone] = driver.events(topics.ARTICLE_TAGGED)

    assert (gone.pub_status, gone.article_body, gone.article_body_extent) == ("withdrawn", "", None)


@pytest.mark.parametrize(
    ("text", "limit", "beginning"),
    [
        ("Short.", 300, "Short."),
        ("One sentence. Another one. A third", 28, "One sentence. Another one."),
        ("A first paragraph\n\nA second one", 24, "A first paragraph"),
        ("A long sentence without any end to it", 20, "A long sentence"),
        ("Ms. Quill and Dr. Brook met the board of the mill", 40, "Ms. Quill and Dr. Brook met the board of"),
        ("大坝守住了。河水已经上涨了好几天。没有人受伤。", 12, "大坝守住了。河水已经上涨"),
        ("大坝守住了。河水已经上涨了好几天。没有人受伤。", 18, "大坝守住了。河水已经上涨了好几天。"),
        ("नदी का पानी कम हुआ। बाँध बच गया।", 22, "नदी का पानी कम हुआ।"),
        ("cafe\u0301", 4, "caf"),
        ("👩\u200d👩\u200d👧 family", 3, ""),
        ("anything", 0, ""),
    ],
)
def test_an_excerpt_ends_where_a_reader_would_end_it(text: str, limit: int, beginning: str) -> None:
    """
    A sentence, else a word, else as it comes; never in the middle of a letter; never longer than it may be.
    """
    assert excerpt(text, limit) == beginning
    assert text.startswith(beginning)


def test_a_setting_that_does_not_fit_stops_the_start() -> None:
    """
    A misspelt extent never publishes the whole text.
    """
    with pytest.raises(Exception, match="NEWS_TAGGER_BODY"):
        TaggerSettings.from_environ({"NEWS_TAGGER_BODY": "exerpt"})
