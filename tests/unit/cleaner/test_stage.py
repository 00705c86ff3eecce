"""
One page in, one article, drop or dead letter out.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas import topics
from schemas.events import ArticleCleaned, PageFetched
from schemas.ids import article_id
from services.cleaner.settings import CleanerSettings
from services.cleaner.stage import GENERATION, clean
from services.runtime.outcome import DeadLetter, Drop, Emit, Outcome


def test_an_article_copies_its_identity_from_its_page(
    article: Callable[..., ArticleCleaned], make_page: Callable[..., PageFetched], html: Callable[..., str]
) -> None:
    """
    Ids, site and labels are decided by the fetcher and never again.
    """
    facts = {"hints": {"labels": {"desk": "north"}}, "source_url": "https://news.example.org/feed"}
    page = make_page(html(), **facts)

    found = article(html(), **facts)

    assert (found.article_id, found.page_id, found.site) == (page.meta.article_id, page.meta.page_id, page.meta.site)
    assert found.source_url == "https://news.example.org/feed"
    assert found.labels == {"desk": "north"}
    assert found.generation == GENERATION


def test_the_outcome_is_one_event_for_the_cleaned_topic(run: Callable[..., Outcome], html: Callable[..., str]) -> None:
    """
    The cleaner writes to one topic.
    """
    outcome = run(html())

    assert isinstance(outcome, Emit)
    [emission] = outcome.events
    assert emission.topic is topics.ARTICLE_CLEANED


def test_a_canonical_link_that_the_fetcher_believed_is_the_url(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    It was believed if the article's id is made of it.
    """
    canonical = "https://news.example.org/2025/dam"

    found = article(html(), canonical_url=canonical, article_id=article_id(canonical))

    assert found.url == canonical


def test_a_canonical_link_that_was_not_believed_is_ignored(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    No page can speak for another publisher's article.
    """
    found = article(html(), canonical_url="https://other.example.com/scoop")

    assert found.url == "https://news.example.org/dam"


def test_a_short_page_is_dropped_with_its_length(run: Callable[..., Outcome]) -> None:
    """
    An expected end: counted, not kept.
    """
    outcome = run("<html><head><title>Gone</title></head><body><p>Too little to be an article.</p></body></html>")

    assert outcome == Drop("TOO_SHORT", "28 < 120 characters")


@pytest.mark.parametrize("body", ["", "   \n ", "<html><body></body></html>", "<html><body><p>Share</p></body></html>"])
def test_a_page_without_text_has_no_main_content(run: Callable[..., Outcome], body: str) -> None:
    """
    So has one that is boilerplate alone.
    """
    assert run(body).reason == "NO_MAIN_CONTENT"


def test_an_answer_without_success_is_dropped(run: Callable[..., Outcome], html: Callable[..., str]) -> None:
    """
    The text of an error page is nobody's article.
    """
    assert run(html(), status=404) == Drop("NOT_SUCCESSFUL", "status 404")


def test_invalid_bytes_are_a_dead_letter_with_what_was_declared(run: Callable[..., Outcome]) -> None:
    """
    They are kept, so that a later fix can replay them.
    """
    outcome = run(b"<html><body><p>" + b"\xff\xfe\xfd\xc0" * 500 + b"</p></body></html>")

    assert isinstance(outcome, DeadLetter)
    assert outcome.reason == "UNDECODABLE"
    assert "utf-8 (header)" in outcome.detail


def test_the_minimum_length_is_a_setting(make_page: Callable[..., PageFetched]) -> None:
    """
    What counts as an article is for the operator to say.
    """
    page = make_page("<html><head><title>Brief</title></head><body><p>The dam held all night long.</p></body></html>")

    assert clean(page, CleanerSettings(min_chars=10)).reason == "EMITTED"


def test_removed_lines_are_told_up_to_a_limit(article: Callable[..., ArticleCleaned], html: Callable[..., str]) -> None:
    """
    Each with the class of its rule and its place, in the order of the page.
    """
    found = article(html("<p>Back to top</p>" * 80))

    assert len(found.removed) == 50
    assert {removal.rule for removal in found.removed} == {"back-to-top"}
    assert {removal.at for removal in found.removed} == {len(found.article_body)}


def test_the_feeds_text_stands_in_for_a_page_that_has_none(article: Callable[..., ArticleCleaned]) -> None:
    """
    Some pages are drawn by scripts alone.
    """
    content = "<p>" + "The dam above the village held through the night. " * 5 + "</p><p>Nobody was hurt.</p>"

    found = article(
        "<html><head><title>The dam held</title></head><body><div id='app'></div></body></html>",
        hints={"content": content},
    )

    assert found.article_body.endswith("\n\nNobody was hurt.")
    assert found.provenance["articleBody"].source == "feed"


def test_json_ld_stands_in_for_markup_that_holds_little(
    article: Callable[..., ArticleCleaned], json_ld: Callable[[str], str]
) -> None:
    """
    Its paragraphs are kept.
    """
    sentence = "The dam above the village held through the night. " * 6
    script = json_ld(
        f'{{"@type": "NewsArticle", "headline": "Held", "articleBody": "{sentence}\\n\\nNobody was hurt."}}'
    )

    found = article(f"<html><head>{script}</head><body><p>Loading the story</p></body></html>")

    assert found.article_body == f"{sentence.strip()}\n\nNobody was hurt."
    assert found.provenance["articleBody"].source == "json-ld"


def test_the_same_page_gives_the_same_bytes_in_every_process() -> None:
    """
    Whatever the order of sets: a replay gives the same event again.
    """
    root = Path(__file__).parents[3]
    script = "from plugins import page_of, SETTINGS; from services.cleaner.stage import clean; import sys, pathlib\n"
    script += "page = page_of(pathlib.Path(sys.argv[1]).read_bytes(), 'https://news.example.org/a')\n"
    script += "print(clean(page, SETTINGS).events[0].event.to_wire()[0].decode())"
    page = root / "tests/golden/html-menu-share-footer/page.html"
    path = f"{root}{os.pathsep}{root / 'bench'}"

    outputs = {
        subprocess.run(
            [sys.executable, "-c", script, str(page)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "42")
    }

    assert len(outputs) == 1


def test_a_headline_that_only_the_text_states_leaves_the_body(article: Callable[..., ArticleCleaned]) -> None:
    """
    As one from any other source does; the standfirst stays.
    """
    sentence = "The dam above the village held through the night, the mayor said on Sunday, and nobody was hurt."
    lines = ["Dam holds through the night", "Engineers had opened the gates in time", sentence, sentence[::-1]]
    chrome = "<div><span>skip to</span>&nbsp;<span>Main Content</span></div>"

    found = article(f"<html><body>{chrome}{''.join(f'<div>{line}</div>' for line in lines)}</body></html>")

    assert found.headline == lines[0]
    assert found.article_body == "\n\n".join(lines[1:])
    assert ("title-repeated", lines[0]) in [(removal.rule, removal.text) for removal in found.removed]


def test_a_first_paragraph_of_prose_stays_though_it_names_the_article(article: Callable[..., ArticleCleaned]) -> None:
    """
    Then the headline is only cut from it.
    """
    sentence = "The dam above the village held through the night, the mayor said, and nobody was hurt in the flood."

    found = article(f"<html><body><p>{sentence} {sentence}</p><p>{sentence}</p></body></html>")

    assert found.headline.endswith("…")
    assert found.article_body.startswith(sentence)
