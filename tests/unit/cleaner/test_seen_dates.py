"""
Dates that only people can see.
"""

from collections.abc import Callable

import pytest

from schemas.events import ArticleCleaned
from services.cleaner.metadata.seen_dates import Seen, seen_dates
from services.cleaner.page.parsing import parse_html
from services.cleaner.page.survey import survey


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("19. Mai 2010", "2010-05-19"),
        ("3 de marzo de 2019", "2019-03-03"),
        ("le 1er août 2021", "2021-08-01"),
        ("4 февраля 2022", "2022-02-04"),
        ("12 grudnia 2018", "2018-12-12"),
        ("June 13, 2019", "2019-06-13"),
        ("7. syyskuuta 2020", "2020-09-07"),
        ("18.10.2021", "2021-10-18"),
        ("25/12/2020", "2020-12-25"),
    ],
)
def test_a_line_that_is_a_date_tells_the_day(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], line: str, day: str
) -> None:
    """
    In the words of its language, where nothing is stated for machines.
    """
    found = article(html(f'<div class="post-date">{line}</div>'))

    assert found.date_published == day
    assert found.provenance["datePublished"].source == "text"


@pytest.mark.parametrize(
    "inner",
    [
        '<aside><div class="date">19 May 2010</div></aside>',
        '<div class="related"><span class="date">19 May 2010</span></div>',
        '<div class="date">Updated 19 May 2010</div>',
        '<div class="date">19 Stones 2010</div>',
    ],
)
def test_other_dates_are_not_the_articles(html: Callable[..., str], inner: str) -> None:
    """
    Those of other articles, of changes, and what only looks like one.
    """
    tree = parse_html(html(inner))

    assert tree is not None
    assert seen_dates(survey(tree)) == []


@pytest.mark.parametrize(
    "inner",
    [
        "<p><b>Published:</b> <br>19 May 2010</p>",
        '<div><span class="label">Datum:</span> <span class="value">19.05.2010</span></div>',
        "<p>This article was originally published on 19 May 2010, and has been brought up to date since.</p>",
    ],
)
def test_a_label_of_its_own_makes_a_date_the_day_of_publication(html: Callable[..., str], inner: str) -> None:
    """
    Before the date in its element, or in the element around it.
    """
    tree = parse_html(html(inner))

    assert tree is not None
    assert seen_dates(survey(tree)) == [Seen("2010-05-19", 0)]


@pytest.mark.parametrize(
    "inner",
    ["<p>Last updated: <b>19 May 2010</b></p>", '<p id="todays-date"><b>Monday</b>, 19 May 2010</p>'],
)
def test_a_date_that_its_label_calls_something_else_is_not_that_of_publication(
    html: Callable[..., str], inner: str
) -> None:
    """
    That of a change, or today.
    """
    tree = parse_html(html(inner))

    assert tree is not None
    assert seen_dates(survey(tree)) == []
