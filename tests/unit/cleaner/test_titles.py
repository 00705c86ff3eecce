"""
The headings of a page.
"""

import pytest

from services.cleaner.metadata.titles import MAX_TITLE_CHARS, Title, read_titles
from services.cleaner.page.parsing import parse_html
from services.cleaner.page.survey import survey

URL = "https://news.example.org/local/dam"


def _titles(body: str, url: str = URL) -> tuple[Title, ...]:
    tree = parse_html(f"<html><body>{body}</body></html>")
    assert tree is not None
    return read_titles(survey(tree).headings, url)


@pytest.mark.parametrize(
    "heading",
    [
        '<h1><span class="article-kicker">Flood</span> The dam held all night</h1>',
        '<h1>The dam held all night<span class="subtitle">Nobody hurt</span></h1>',
        "<h1><small>Flood</small> The dam held all night</h1>",
        '<h1><span class="sr-only">Article:</span>The dam held <b>all night</b></h1>',
    ],
)
def test_a_kicker_is_not_the_headings_own(heading: str) -> None:
    """
    Nor is a subtitle, or what only machines read; emphasis is.
    """
    assert [title.own for title in _titles(heading)] == ["The dam held all night"]


def test_a_heading_that_is_all_kicker_keeps_its_words() -> None:
    """
    Some sites name the class of the whole heading so.
    """
    [title] = _titles('<h1><span class="headline-badge">The dam held all night</span></h1>')

    assert title.own == "The dam held all night"


@pytest.mark.parametrize(
    ("link", "is_site"),
    [
        ('<a href="/">Lindmoor Post</a>', True),
        ('<a href="https://www.news.example.org/">Lindmoor Post</a>', True),
        ('<a rel="home" href="/start">Lindmoor Post</a>', True),
        ('<a href="/local/dam">The dam held</a>', False),
        ('<a href="https://other.example.org/">The dam held</a>', False),
        ('<a href="#">The dam held</a>', False),
        ('The dam held all night above the village <a href="/">home</a>', False),
    ],
)
def test_a_heading_that_leads_home_is_the_sites_name(link: str, *, is_site: bool) -> None:
    """
    If its link holds most of it.
    """
    assert [title.is_site for title in _titles(f"<h1>{link}</h1>")] == [is_site]


def test_on_the_home_page_no_heading_leads_home() -> None:
    """
    There, every link to the page would.
    """
    assert not _titles('<h1><a href="/">The dam held</a></h1>', "https://news.example.org/")[0].is_site


def test_the_end_of_the_trail_is_a_crumb() -> None:
    """
    Some sites set it as the first heading.
    """
    crumb, headline = _titles('<div class="breadcrumbs"><ul><li><h1>Local</h1></li></ul></div><h1>The dam held</h1>')

    assert (crumb.is_crumb, headline.is_crumb) == (True, False)


def test_a_heading_without_end_is_read_in_part() -> None:
    """
    No headline is as long.
    """
    assert len(_titles(f"<h1>{'- ' * 100_000}</h1>")[0].text) == MAX_TITLE_CHARS


def test_headings_come_by_level_and_empty_ones_not_at_all() -> None:
    """
    The first level first, each in the order of the page.
    """
    found = _titles("<h2>Weather</h2><h1></h1><h1>The dam held</h1><h3>Sport</h3>")

    assert [(title.level, title.text) for title in found] == [(1, "The dam held"), (2, "Weather"), (3, "Sport")]
