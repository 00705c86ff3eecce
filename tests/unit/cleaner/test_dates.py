"""
When an article was published: the right value, as exactly as it was stated, and who stated it.
"""

from collections.abc import Callable

import pytest

from schemas.events import ArticleCleaned
from services.cleaner.metadata.dates import parse_stated

PUBLISHED = '<meta property="article:published_time" content="{}">'
LINKED = '{{"@type": "NewsArticle", "headline": "The dam held", "datePublished": "{}"}}'


def stated(found: ArticleCleaned) -> tuple[str | None, str | None, str]:
    source = found.provenance["datePublished"]
    return found.date_published, source.precision, source.source


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-04T08:15:00+01:00", ("2025-03-04T08:15:00+01:00", "instant")),
        ("2025-03-04T08:15:00.123Z", ("2025-03-04T08:15:00Z", "instant")),
        ("2025-03-04T08:15:00+0530", ("2025-03-04T08:15:00+05:30", "instant")),
        ("2025-03-04 08:15 +01:00", ("2025-03-04T08:15:00+01:00", "instant")),
        ("2025-03-04T08:15", ("2025-03-04T08:15:00", "local")),
        ("2025-03-04", ("2025-03-04", "day")),
        ("20250304", ("2025-03-04", "day")),
        ("Tue, 04 Mar 2025 08:15:00 GMT", ("2025-03-04T08:15:00Z", "instant")),
        ("Tue, 04 Mar 2025 08:15:00 -0500", ("2025-03-04T08:15:00-05:00", "instant")),
        ("1741076100", ("2025-03-04T08:15:00Z", "instant")),
        ("04.03.2025, 08:15 Uhr", ("2025-03-04T08:15:00", "local")),
        ("March 4, 2025", ("2025-03-04", "day")),
        ("04-03-2025", ("2025-03-04", "day")),
        ("2025-03-04T08:15:00:684Z", ("2025-03-04T08:15:00Z", "instant")),
        ("4th Mar 2025", ("2025-03-04", "day")),
        ("2025年3月4日", ("2025-03-04", "day")),
        ("2025-02-30", None),
        ("yesterday", None),
        ("2 hours ago", None),
    ],
)
def test_a_time_is_read_in_the_forms_that_publishers_use(text: str, expected: object) -> None:
    """
    Its offset is kept; what was not said is not made up; no clock is asked.
    """
    assert parse_stated(text) == expected


def test_a_text_without_end_is_no_time() -> None:
    """
    It is not read to its end.
    """
    assert parse_stated("a" * 1_000_000) is None


def test_json_ld_comes_before_meta(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], json_ld: Callable[[str], str]
) -> None:
    """
    Where the two name different days.
    """
    head = json_ld(LINKED.format("2025-03-04T08:15:00+01:00")) + PUBLISHED.format("2025-03-02T00:00:00Z")

    assert stated(article(html(head=head))) == ("2025-03-04T08:15:00+01:00", "instant", "json-ld")


def test_meta_comes_before_the_feed(article: Callable[..., ArticleCleaned], html: Callable[..., str]) -> None:
    """
    The page knows itself better than what lists it.
    """
    found = article(html(head=PUBLISHED.format("2025-03-04")), hints={"published": "Mon, 03 Mar 2025 10:00:00 +0100"})

    assert stated(found) == ("2025-03-04", "day", "meta")


def test_the_feed_speaks_where_the_page_is_silent(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    Its value keeps its offset too.
    """
    found = article(html(), hints={"published": "Mon, 03 Mar 2025 10:00:00 +0100"})

    assert stated(found) == ("2025-03-03T10:00:00+01:00", "instant", "feed")


def test_a_time_without_a_zone_stays_a_local_time(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], json_ld: Callable[[str], str]
) -> None:
    """
    No zone is guessed.
    """
    assert stated(article(html(head=json_ld(LINKED.format("2025-03-04T08:15:00"))))) == (
        "2025-03-04T08:15:00",
        "local",
        "json-ld",
    )


def test_the_more_exact_statement_of_the_same_day_is_taken(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], json_ld: Callable[[str], str]
) -> None:
    """
    A date and a time on that date do not contradict each other.
    """
    head = json_ld(LINKED.format("2025-03-04")) + PUBLISHED.format("2025-03-04T08:15:00+01:00")

    assert stated(article(html(head=head))) == ("2025-03-04T08:15:00+01:00", "instant", "meta")


def test_a_date_in_the_future_is_passed_over(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], json_ld: Callable[[str], str]
) -> None:
    """
    Nothing was published after it was fetched.
    """
    head = json_ld(LINKED.format("2031-01-01T00:00:00Z")) + PUBLISHED.format("2025-03-04T08:15:00+01:00")

    assert stated(article(html(head=head))) == ("2025-03-04T08:15:00+01:00", "instant", "meta")


def test_a_time_element_is_read(article: Callable[..., ArticleCleaned], html: Callable[..., str]) -> None:
    """
    The one that is marked as the date of publication comes before others.
    """
    times = (
        '<time datetime="2025-03-01">1 March</time><time itemprop="datePublished" datetime="2025-03-04T08:15Z">4</time>'
    )

    assert stated(article(html(times))) == ("2025-03-04T08:15:00Z", "instant", "microdata")


def test_the_url_tells_the_day_where_nothing_else_does(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    Many publishers write it there.
    """
    found = article(html(), url="https://news.example.org/2025/03/04/dam")

    assert stated(found) == ("2025-03-04", "day", "url")


def test_the_date_of_the_last_change_is_kept_apart(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], json_ld: Callable[[str], str]
) -> None:
    """
    It never becomes the date of publication.
    """
    linked = '{"@type": "Article", "headline": "The dam held", "dateModified": "2025-03-05T10:00:00Z"}'

    found = article(html(head=json_ld(linked)))

    assert found.date_modified == "2025-03-05T10:00:00Z"
    assert found.date_published is None


def test_the_times_of_comments_are_not_the_articles(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    Their markup is that of an article's own, and some pages have them first.
    """
    comment = '<li><time itemprop="datePublished" datetime="2025-03-08T09:00:00Z">8 March</time></li>'

    found = article(html(f'<ol class="comment-list">{comment}</ol><time datetime="2025-03-04">4 March</time>'))

    assert stated(found) == ("2025-03-04", "day", "time-element")
