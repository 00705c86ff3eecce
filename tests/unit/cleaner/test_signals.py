"""
What a page states, gathered.
"""

from collections.abc import Callable

import pytest

from schemas.events import PageFetched
from services.cleaner.page.parsing import parse_html
from services.cleaner.page.signals import Signals, gather_signals


@pytest.fixture
def gather(make_page: Callable[..., PageFetched]) -> Callable[[str], Signals]:
    """
    Gathers the signals of a page with some body.
    """

    def make(body: str) -> Signals:
        page = make_page(body)
        tree = parse_html(f"<html><head></head><body><main><h1>The dam held</h1>{body}</main></body></html>")
        assert tree is not None
        return gather_signals(tree, page.meta)

    return make


@pytest.mark.parametrize(
    "holder", ['<ul class="comments">{}</ul>', "<aside>{}</aside>", '<div id="related-posts"><p>{}</p></div>']
)
def test_microdata_of_comments_and_lists_is_not_the_articles(gather: Callable[[str], Signals], holder: str) -> None:
    """
    Sites mark each of them up as they do the article.
    """
    other = '<li><b itemprop="author">Olof Ek</b><time itemprop="datePublished" datetime="2025-03-01">1</time></li>'
    own = '<b itemprop="author">Ada Berg</b>'

    found = gather(holder.format(other) + own)

    assert dict(found.items) == {"author": ("Ada Berg",)}
    assert found.times == ()


def test_the_name_within_an_authors_microdata_is_taken(gather: Callable[[str], Signals]) -> None:
    """
    Around it stand portraits and offices.
    """
    found = gather('<div itemprop="author">Staff <span itemprop="name">Ada Berg</span></div>')

    assert found.items["author"] == ("Ada Berg",)


def test_a_time_of_change_is_no_statement_of_publication(gather: Callable[[str], Signals]) -> None:
    """
    By its class or its microdata.
    """
    assert gather('<time class="updated" datetime="2025-03-01">1</time>').times == ()
