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
