"""
Which of a page's titles is its headline.
"""

from collections.abc import Callable

import pytest

from schemas.events import ArticleCleaned

SENTENCE = "The dam above the village held through the night, the mayor said on Sunday, and nobody was hurt."


def _page(title: str, h1: str = "", og: str = "", site: str = "", ld: str = "") -> str:
    script = f'{{"@type": "NewsArticle", "headline": "{ld}"}}' if ld else "{}"
    metas = f'<meta property="og:title" content="{og}">' if og else ""
    metas += f'<meta property="og:site_name" content="{site}">' if site else ""
    head = f'<title>{title}</title>{metas}<script type="application/ld+json">{script}</script>'
    return (
        f"<html><head>{head}</head><body><article>{h1}<p>{SENTENCE}</p><p>{SENTENCE[::-1]}</p></article></body></html>"
    )


@pytest.mark.parametrize(
    "page",
    [
        _page("Dam holds through night - El Diario de Lindmoor", site="El Diario de Lindmoor"),
        _page("Dam holds through night | Local | Lindmoor Post", h1="<h1>Dam holds through night</h1>"),
        _page("Dam holds through night » The Example", site=""),
        _page("Dam holds through night – News – Example.org"),
        _page(
            "All about the dam: how it held", h1="<h1>Dam holds through night</h1>", og="Dam holds through the night"
        ),
        _page("x", h1="<h1>Flood in Lindmoor - Dam holds through night</h1>", og="Dam holds through night"),
        _page("x", h1="<h1>Dam holds: through night</h1><h1>Lindmoor Post</h1>", og="Dam holds through night"),
        _page("x", h1="<h1>Dam stands firm all night</h1>", og="Dam holds through night", ld="Dam holds through night"),
        _page("Dam holds through night | Mud and Stones", h1="<h1>Mud and Stones</h1>"),
    ],
)
def test_the_headline_is_the_articles_own(article: Callable[..., ArticleCleaned], page: str) -> None:
    """
    Without the site, the section and the kicker, and as people read it, whichever statements a page makes.
    """
    url = "https://www.example.org/news/dam"

    assert article(page, url=url).headline == "Dam holds through night"


def test_a_dash_of_the_headlines_own_stays(article: Callable[..., ArticleCleaned]) -> None:
    """
    Only what is known to be a name is cut.
    """
    page = _page("Dam holds - for now - Lindmoor Post", site="Lindmoor Post")

    assert article(page).headline == "Dam holds - for now"


def test_the_end_of_the_trail_is_not_the_headline(article: Callable[..., ArticleCleaned]) -> None:
    """
    Some sites set the section as the first heading, and end their other titles with it.
    """
    page = _page("Local news", h1='<ol class="breadcrumb"><li><h1>Local news</h1></li></ol>', ld="Dam holds at night")

    assert article(page).headline == "Dam holds at night"


def test_a_kicker_in_the_heading_is_cut(article: Callable[..., ArticleCleaned]) -> None:
    """
    Where its class tells it.
    """
    page = _page("Dam holds, all through", h1='<h1><b class="kicker">Flood</b> Dam holds through night</h1>')

    assert article(page).headline == "Dam holds through night"


def test_a_heading_that_agrees_with_no_statement_of_a_news_page_stands(article: Callable[..., ArticleCleaned]) -> None:
    """
    Also where neither JSON-LD nor Open Graph states a title.
    """
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "x"}</script>'
    page = _page("Dam holds through the whole night", h1="<h1>Dam holds through night</h1>").replace(
        "<title>", head + "<title>"
    )

    assert article(page).headline == "Dam holds through night"
