"""
The updates of a live blog, and where they stand in its body.
"""

import json
from collections.abc import Callable
from itertools import pairwise

from schemas.events import ArticleCleaned
from services.cleaner.body.live_blog import LiveBlog, Update, place_updates

TEXTS = (
    "The gates of the dam were opened at dawn, and the river below it rose by a metre within the hour.",
    "Families in the lower village have been told to leave their homes and to go to the school on the hill.",
    "The mayor says that the water is falling again, and that nobody has been hurt in the whole of the valley.",
    "The gates are closed. Everybody may go home, the mayor says, and the school is open again tomorrow.",
)


def _shown(texts: tuple[str, ...] = TEXTS, tag: str = "article", after: str = "") -> str:
    entries = "".join(
        f"<{tag} class='update'><header><time datetime='2025-03-02T0{9 - at}:15:00+01:00'>0{9 - at}:15</time>"
        f"<h2>Update {9 - at} from the dam</h2></header><p>{text}</p><p>{text[::-1]}.</p></{tag}>"
        for at, text in enumerate(texts)
    )
    return (
        "<html><head><title>Live: the dam</title></head><body><main><h1>Live: the dam</h1><p>What happens at the dam"
        f" above the village, as it happens, from our reporters.</p><div>{entries}</div>{after}</main></body></html>"
    )


def test_updates_that_a_page_shows_are_told_with_their_time_and_place(article: Callable[..., ArticleCleaned]) -> None:
    """
    Elements of one kind with a time each: what is between start and end is the update's text.
    """
    found = article(_shown())

    assert found.live_blog_update is not None
    assert [entry.date_published for entry in found.live_blog_update] == [
        f"2025-03-02T0{hour}:15:00+01:00" for hour in (9, 8, 7, 6)
    ]
    assert [entry.headline for entry in found.live_blog_update] == [
        f"Update {hour} from the dam" for hour in (9, 8, 7, 6)
    ]
    for entry, text in zip(found.live_blog_update, TEXTS, strict=True):
        assert text in found.article_body[entry.start : entry.end]


def test_updates_do_not_overlap_and_come_in_the_order_of_the_body(article: Callable[..., ArticleCleaned]) -> None:
    """
    Whatever tag they are made of.
    """
    found = article(_shown(tag="section")).live_blog_update or []

    assert len(found) == 4
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_updates_that_a_page_states_are_placed_in_the_text(
    article: Callable[..., ArticleCleaned], json_ld: Callable[[str], str]
) -> None:
    """
    JSON-LD says what they are, the markup need not.
    """
    updates = [
        {
            "@type": "BlogPosting",
            "headline": f"Number {at}",
            "datePublished": f"2025-03-02T0{at}:00",
            "articleBody": text,
        }
        for at, text in enumerate(TEXTS)
    ]
    blog = {"@type": "LiveBlogPosting", "headline": "Live: the dam", "liveBlogUpdate": updates}
    paragraphs = "".join(f"<p>{text}</p>" for text in reversed(TEXTS))
    head = f"<title>Live: the dam</title>{json_ld(json.dumps(blog))}"

    found = article(f"<html><head>{head}</head><body><article>{paragraphs}</article></body></html>")

    entries = found.live_blog_update or []
    assert [entry.headline for entry in entries] == ["Number 3", "Number 2", "Number 1", "Number 0"]
    assert [found.article_body[entry.start : entry.end] for entry in entries] == list(reversed(TEXTS))


def test_an_article_has_no_updates(article: Callable[..., ArticleCleaned], html: Callable[..., str]) -> None:
    """
    The field is absent.
    """
    found = article(html())

    assert found.live_blog_update is None
    assert "liveBlogUpdate" not in found.to_wire()[0].decode()


def test_other_stories_with_their_times_are_no_updates(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    They stand beside the article, and are not in its body.
    """
    others = "".join(
        f"<li><time datetime='2025-03-0{at}'>{at} March</time>"
        f"<a href='/{at}'>Another story of the valley, number {at}</a></li>"
        for at in range(1, 7)
    )

    assert article(html(f"<div class='related'><h3>More stories</h3><ul>{others}</ul></div>")).live_blog_update is None


def test_answers_that_are_in_no_order_of_time_are_no_updates(article: Callable[..., ArticleCleaned]) -> None:
    """
    A forum sorts them by votes.
    """
    page = _shown((*TEXTS, TEXTS[0][9:], TEXTS[1][9:]))
    for hour in (9, 7, 5):
        page = page.replace(f"2025-03-02T0{hour}", f"2025-03-01T0{hour}")

    assert article(page).live_blog_update is None


def test_an_update_that_is_not_in_the_body_is_left_out() -> None:
    """
    Its span would be of another text.
    """
    blog = LiveBlog(tuple(Update(None, str(at), text) for at, text in enumerate(TEXTS)), is_stated=True)
    body = f"{TEXTS[0]}\n\n{TEXTS[2]}"

    found = place_updates(blog, body)

    assert [(entry.date_published, body[entry.start : entry.end]) for entry in found] == [
        ("0", TEXTS[0]),
        ("2", TEXTS[2]),
    ]


def test_shown_updates_that_are_little_of_the_body_are_not_told() -> None:
    """
    Then the page is an article with a time line beside it.
    """
    blog = LiveBlog(tuple(Update(None, str(at), text) for at, text in enumerate(TEXTS)))
    body = "\n\n".join([*TEXTS[:3], "A long report of the night at the dam. " * 40])

    assert place_updates(blog, body) == []
