"""
Articles that came as plain text.
"""

from collections.abc import Callable

import pytest

from schemas.events import ArticleCleaned

TEXT = {"content_type": "text/plain; charset=utf-8"}
HEAD = "Harbour reopens after eleven days"
STANDFIRST = "The harbour reopened on Tuesday. Ferries could be back on their timetable already within the week"
BODY = "The harbour reopened on Tuesday morning, when the first of forty barges passed the lock. " * 6


def test_the_first_real_line_is_the_headline_and_no_part_of_the_body(article: Callable[..., ArticleCleaned]) -> None:
    """
    Boilerplate lines before it do not count; the standfirst is part of the body.
    """
    found = article(f"skip to Main Content\n\n{HEAD}\n\n{STANDFIRST}\n\n{BODY}\n\nBack To Top", **TEXT)

    assert found.headline == HEAD
    assert found.article_body == f"{STANDFIRST}\n\n{BODY.strip()}"
    assert found.description == STANDFIRST
    assert [(removal.rule, removal.text) for removal in found.removed] == [
        ("skip-link", "skip to Main Content"),
        ("back-to-top", "Back To Top"),
    ]


def test_hard_wrapped_lines_are_joined(article: Callable[..., ArticleCleaned]) -> None:
    """
    A paragraph ends at an empty line.
    """
    wrapped = "The harbour reopened on Tuesday morning, when the first\nof forty barges passed the lock."

    found = article(f"{HEAD}\n\n{wrapped}\n\n{BODY}", **TEXT)

    assert "when the first of forty barges passed the lock.\n\n" in found.article_body


def test_a_wrapped_line_that_reads_like_chrome_stays(article: Callable[..., ArticleCleaned]) -> None:
    """
    It is the middle of a sentence.
    """
    wrapped = "The harbour master asked the skippers not to wait, to go\nback to top\nof the queue and to report."

    found = article(f"{HEAD}\n\n{wrapped}\n\n{BODY}", **TEXT)

    assert "to go back to top\nof the queue" in found.article_body


def test_a_list_keeps_its_lines(article: Callable[..., ArticleCleaned]) -> None:
    """
    Its lines were broken on purpose.
    """
    found = article(f"{HEAD}\n\nWhat is new:\n- two hinges\n- one gate\n\n{BODY}", **TEXT)

    assert "What is new:\n- two hinges\n- one gate" in found.article_body


def test_long_lines_are_paragraphs_of_their_own(article: Callable[..., ArticleCleaned]) -> None:
    """
    Some texts have one line a paragraph and no empty lines.
    """
    found = article(f"{HEAD}\n\n{BODY}\n{BODY}", **TEXT)

    assert found.article_body == f"{BODY.strip()}\n\n{BODY.strip()}"


@pytest.mark.parametrize("content_type", ["text/plain", None])
def test_text_without_markup_is_plain_text(article: Callable[..., ArticleCleaned], content_type: str) -> None:
    """
    Also where nobody says so.
    """
    found = article(f"{HEAD}\n\n{BODY}", content_type=content_type)

    assert found.headline == HEAD
    assert found.provenance["articleBody"].source == "text"


def test_a_text_without_a_headline_is_called_by_its_feeds_title(article: Callable[..., ArticleCleaned]) -> None:
    """
    A first paragraph is not a headline.
    """
    found = article(f"{BODY}\n\n{BODY}", hints={"title": HEAD}, **TEXT)

    assert found.headline == HEAD
    assert found.provenance["headline"].source == "feed"
