"""
Bylines that only people can see.
"""

from collections.abc import Callable

import pytest

from schemas.events import ArticleCleaned
from services.cleaner.metadata.names import people_in


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("By Ada Berg, Senior Editor", ["Ada Berg"]),
        ("Ada Berg | 3 min read", ["Ada Berg"]),
        ("Von Ada Berg und Olof Ek", ["Ada Berg", "Olof Ek"]),
        ("Ada Berg December 5, 2024", ["Ada Berg"]),
        ("April Jones", ["April Jones"]),
        ("María de la Cruz", ["María de la Cruz"]),
        ("About the author", []),
        ("Editorial Team", []),
        ("5 min read", []),
        ("admin", []),
        ("the village held", []),
    ],
)
def test_people_are_told_from_other_words(line: str, people: list[str]) -> None:
    """
    By how names are written, and by words that stand in none.
    """
    assert people_in(line) == people


@pytest.mark.parametrize(
    "byline",
    [
        '<div class="article-byline">By <b>Ada Berg</b><time>5 May</time></div>',
        '<a href="/author/ada-berg">Ada Berg</a>',
        '<span itemprop="author">Ada Berg</span>',
        "<p>Written by Ada Berg</p>",
        '<div class="post-author"><img alt="x"><div>Ada Berg</div><div>Staff writer</div></div>',
    ],
)
def test_a_visible_byline_names_the_author(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], byline: str
) -> None:
    """
    Where nothing is stated for machines.
    """
    assert [author.name for author in article(html(byline)).author] == ["Ada Berg"]


@pytest.mark.parametrize(
    "inner",
    [
        '<ul class="comments"><li><span class="author">Olof Ek</span></li></ul>',
        '<aside><a href="/author/olof-ek">Olof Ek</a></aside>',
        '<div class="related"><p>By Olof Ek</p></div>',
        '<span class="author">admin</span>',
    ],
)
def test_other_peoples_names_are_not_the_authors(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], inner: str
) -> None:
    """
    Comments, lists of other articles, logins.
    """
    assert article(html(inner)).author == []


def test_a_person_comes_before_the_site_as_author(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], json_ld: Callable[[str], str]
) -> None:
    """
    Some sites state themselves as the author of everything.
    """
    stated = '{"@type": "NewsArticle", "headline": "The dam held", "publisher": {"name": "Lindmoor Post"}, "author":'
    head = json_ld(stated + '{"@type": "Organization", "name": "Lindmoor Post"}}')

    assert [author.name for author in article(html('<p class="byline">Ada Berg</p>', head=head)).author] == ["Ada Berg"]
    assert [author.name for author in article(html(head=head)).author] == ["Lindmoor Post"]
