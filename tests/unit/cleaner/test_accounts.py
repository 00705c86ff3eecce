"""
The accounts of an article's text: markup, microdata, JSON-LD, the state of scripts, and the feed.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from schemas.events import ArticleCleaned

SENTENCES = [
    f"{who} said on {day} that the dam above the village had held through the night and that {what}."
    for who, day, what in (
        ("The mayor", "Sunday", "nobody had been hurt in the flood"),
        ("An engineer", "Monday", "the gates had been opened two days before"),
        ("A neighbour", "Tuesday", "she had slept at the school on the hill"),
        ("The minister", "Wednesday", "the state would pay for a new wall"),
        ("A farmer", "Thursday", "his sheep were all back in the meadow"),
        ("The teacher", "Friday", "lessons would begin again next week"),
    )
]
TITLE = "Dam above the village holds through the night"


def _page(body: str, head: str = "") -> str:
    return f"<html><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"


def _paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def _state(value: Any, attributes: str = "type='application/json'") -> str:
    return f"<script {attributes}>{json.dumps(value)}</script>"


def _source(found: ArticleCleaned) -> str:
    return found.provenance["articleBody"].source


STATES = {
    "html": _state({"props": {"page": {"headline": TITLE, "body": _paragraphs(SENTENCES)}}}),
    "next-data": _state(
        {"props": {"article": {"title": TITLE, "content": _paragraphs(SENTENCES)}}},
        "id='__NEXT_DATA__' type='application/json'",
    ),
    "list-of-strings": _state({"story": {"title": TITLE, "paragraphs": SENTENCES}}),
    "list-of-blocks": _state(
        {"data": [{"headline": TITLE, "blocks": [{"type": "paragraph", "text": text} for text in SENTENCES]}]}
    ),
    "tree-of-nodes": _state(
        {
            "doc": {
                "title": {"rendered": TITLE},
                "content": {"kind": "root", "children": [{"children": [{"value": text}]} for text in SENTENCES]},
            }
        }
    ),
    "assigned": "<script>window.__STATE__ = "
    + json.dumps({"a": {"name": TITLE, "text": _paragraphs(SENTENCES)}})
    + ";</script>",
    "assigned-as-text": "<script>window.__DATA__ = JSON.parse("
    + json.dumps(json.dumps({"article": {"title": TITLE, "html": _paragraphs(SENTENCES)}}))
    + ");</script>",
}


@pytest.mark.parametrize("name", STATES)
def test_the_state_of_scripts_stands_in_for_a_page_that_they_draw(
    article: Callable[..., ArticleCleaned], name: str
) -> None:
    """
    Whatever its form: a body is a long text, or a row of paragraphs, of an object that is called as the page is.
    """
    found = article(_page(f"<div id='root'></div>{STATES[name]}"))

    assert found.article_body == "\n\n".join(SENTENCES)
    assert _source(found) == "state"


def test_a_text_of_something_else_in_the_state_is_no_body(run: Callable[..., Any]) -> None:
    """
    An object that is called otherwise: another story, the settings, the terms of use.
    """
    other = {"title": "Terms of use of this service", "content": _paragraphs(SENTENCES)}

    assert run(_page(f"<div id='root'></div>{_state({'terms': other})}")).reason == "NEEDS_JAVASCRIPT"


def test_a_page_that_holds_its_article_needs_no_state(article: Callable[..., ArticleCleaned]) -> None:
    """
    The markup is trusted first.
    """
    state = _state({"article": {"title": TITLE, "body": _paragraphs([text.upper() for text in SENTENCES] * 3)}})

    found = article(_page(f"<article><h1>{TITLE}</h1>{_paragraphs(SENTENCES * 2)}</article>{state}"))

    assert _source(found) == "html"


def test_json_ld_that_holds_far_more_takes_the_place_of_a_preview(
    article: Callable[..., ArticleCleaned], json_ld: Callable[[str], str]
) -> None:
    """
    The preview's paragraphs stay apart in a text that has none.
    """
    script = json_ld(json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": " ".join(SENTENCES)}))

    found = article(_page(f"<article>{_paragraphs(SENTENCES[:2])}</article>", script))

    assert found.article_body == "\n\n".join([*SENTENCES[:2], " ".join(SENTENCES[2:])])
    assert _source(found) == "json-ld"


def test_a_missing_space_after_a_sentence_was_a_paragraphs_end(
    article: Callable[..., ArticleCleaned], json_ld: Callable[[str], str]
) -> None:
    """
    Publishers make `articleBody` of their paragraphs so.
    """
    script = json_ld(json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": "".join(SENTENCES)}))

    assert article(_page("<div id='root'></div>", script)).article_body == "\n\n".join(SENTENCES)


def test_a_preview_stays_where_json_ld_has_no_more(
    article: Callable[..., ArticleCleaned], json_ld: Callable[[str], str]
) -> None:
    """
    Nothing is invented.
    """
    script = json_ld(json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": SENTENCES[0]}))

    found = article(_page(f"<article>{_paragraphs(SENTENCES[:3])}</article>", script))

    assert found.article_body == "\n\n".join(SENTENCES[:3])
    assert _source(found) == "html"


def test_a_paragraph_that_json_ld_leaves_out_between_its_own_leaves_the_body(
    article: Callable[..., ArticleCleaned], json_ld: Callable[[str], str]
) -> None:
    """
    A promotion amid the text; it is told among what was removed.
    """
    promotion = "Planning a trip to the valley? These are the ten prettiest dams, and where to stay beside them."
    body = [*SENTENCES[:3], promotion, *SENTENCES[3:]]
    script = json_ld(json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": " ".join(SENTENCES)}))

    found = article(_page(f"<article>{_paragraphs(body)}</article>", script))

    assert found.article_body == "\n\n".join(SENTENCES)
    assert ("other-account", promotion) in [(removal.rule, removal.text) for removal in found.removed]


def test_json_ld_that_is_cut_at_its_end_takes_nothing_away(
    article: Callable[..., ArticleCleaned], json_ld: Callable[[str], str]
) -> None:
    """
    What stands before or behind all that it has stays.
    """
    script = json_ld(json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": " ".join(SENTENCES[1:5])}))

    found = article(_page(f"<article>{_paragraphs(SENTENCES)}</article>", script))

    assert found.article_body == "\n\n".join(SENTENCES)


@pytest.mark.parametrize("text", ["... --- ...", "", "<p></p>", 7, None, [None], {"@value": "x"}])
def test_json_ld_without_words_is_no_account(
    article: Callable[..., ArticleCleaned], json_ld: Callable[[str], str], text: Any
) -> None:
    """
    Nor is what is no text.
    """
    script = json_ld(json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": text}))

    assert article(_page(_paragraphs(SENTENCES), script)).article_body == "\n\n".join(SENTENCES)


def test_what_follows_the_element_of_the_body_is_not_of_it(article: Callable[..., ArticleCleaned]) -> None:
    """
    Microdata mark where the article ends.
    """
    more = ["About this newspaper: it is written by eleven people who live in the valley, and printed on Thursdays."]
    marked = f"<div itemprop='articleBody'>{_paragraphs(SENTENCES)}</div>"

    found = article(_page(f"<article><p>What happened in the night.</p>{marked}{_paragraphs(more)}</article>"))

    assert SENTENCES[-1] in found.article_body
    assert more[0] not in found.article_body


def test_an_element_that_holds_only_the_standfirst_cuts_nothing(article: Callable[..., ArticleCleaned]) -> None:
    """
    Some publishers mark a part.
    """
    marked = f"<div itemprop='articleBody'><p>{SENTENCES[0]}</p></div>"

    found = article(_page(f"<article>{marked}{_paragraphs(SENTENCES[1:])}</article>"))

    assert found.article_body == "\n\n".join(SENTENCES)


def test_the_feeds_full_text_stands_in_behind_a_wall(article: Callable[..., ArticleCleaned]) -> None:
    """
    A wall is no account.
    """
    wall = (
        "<main><p>We and our 714 partners store and access information on a device, such as cookies, and process"
        " personal data for advertising.</p><p>Accept all, or manage your choices at any time.</p></main>"
    )

    found = article(_page(wall), hints={"content": _paragraphs(SENTENCES)})

    assert found.article_body == "\n\n".join(SENTENCES)
    assert _source(found) == "feed"


def test_a_feeds_summary_is_never_a_body(run: Callable[..., Any]) -> None:
    """
    However long it is.
    """
    assert run(_page("<div id='root'></div>"), hints={"summary": _paragraphs(SENTENCES)}).reason == "NEEDS_JAVASCRIPT"


def test_an_amp_page_is_a_page(article: Callable[..., ArticleCleaned]) -> None:
    """
    Its components are elements like others.
    """
    body = (
        f"<article>{_paragraphs(SENTENCES[:3])}<amp-img src='/a.jpg'></amp-img>{_paragraphs(SENTENCES[3:])}</article>"
    )

    found = article(_page(body).replace("<html>", "<html ⚡>"))

    assert found.article_body == "\n\n".join(SENTENCES)
