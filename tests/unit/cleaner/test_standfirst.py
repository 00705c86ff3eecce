"""
The standfirst.
"""

from collections.abc import Callable

from schemas.events import ArticleCleaned

WHOLE = "Engineers opened the gates on Friday, and on Sunday the river fell again."
CUT = "Engineers opened the gates on Friday, and on Sunday …"
STATED = '<title>The dam held</title><meta name="description" content="{}">'


def _told(found: ArticleCleaned) -> tuple[str | None, str]:
    return found.description, found.provenance["description"].source


def test_a_description_that_was_cut_is_told_as_readers_see_it(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    Statements made for machines often end in dots.
    """
    page = html(f'<p class="standfirst">{WHOLE}</p>', head=STATED.format(CUT))

    assert _told(article(page)) == (WHOLE, "standfirst")


def test_a_description_that_readers_do_not_see_stays_as_stated(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    What is marked as a standfirst may be another article's.
    """
    page = html('<p class="summary">Another story, about the new bridge at Lindmoor.</p>', head=STATED.format(CUT))

    assert _told(article(page)) == (CUT, "meta")


def test_a_standfirst_in_a_list_of_articles_does_not_count(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    Even if it begins alike.
    """
    page = html(f'<aside><p class="standfirst">{WHOLE}</p></aside>', head=STATED.format(CUT))

    assert _told(article(page)) == (CUT, "meta")


def test_the_feeds_summary_is_read_without_its_markup(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    Where the page states nothing.
    """
    found = article(html(), hints={"summary": "<p>Nobody was <b>hurt</b>.</p>"})

    assert _told(found) == ("Nobody was hurt.", "feed")


def test_a_page_that_states_no_description_has_none(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    A class is no statement.
    """
    assert article(html(f'<p class="intro">{WHOLE}</p>')).description is None
