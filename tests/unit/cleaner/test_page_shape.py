"""
Pages of one video, of pictures, of links, and pages that a script would fill.
"""

from collections.abc import Callable

import pytest

from services.runtime.outcome import Outcome

DRAWN = {
    "empty-root": (
        "<title>Dam holds through the night</title><script src='/main.js'></script>",
        "<div id='root'></div><noscript>You need to enable JavaScript to run this app.</noscript>",
    ),
    "custom-element": (
        "<title>Dam holds</title><script src='/bundle.js'></script>",
        "<app-root></app-root><script>start()</script>",
    ),
    "asks": (
        "<title>Lindmoor Post</title>",
        (
            "<p>Please enable JavaScript in your browser to read the Lindmoor Post. Without JavaScript this page"
            " cannot be"
            " shown as it was made.</p><script src='/a.js'></script>"
        ),
    ),
    "de": (
        "<title>Lindmoorer Bote</title>",
        (
            "<div class='hint'><p>JavaScript ist deaktiviert. Bitte aktivieren Sie JavaScript, um alle Funktionen"
            " dieser"
            " Webseite nutzen zu können, und laden Sie sie dann neu.</p></div>"
        ),
    ),
    "spinner": (
        "<title>Dam holds through the night</title><script src='/main.js'></script>",
        "<div id='__next'><div class='spinner'></div></div><script id='cfg' type='application/json'>{}</script>",
    ),
}

VIDEOS = {
    "og-type": (
        "<title>Dam holds: watch</title><meta property='og:type' content='video.other'>",
        (
            "<main><h1>Dam holds</h1><video src='/dam.mp4'></video><p>The dam above the village, filmed from a"
            " helicopter"
            " on Sunday morning by the fire brigade. There is no sound.</p></main>"
        ),
    ),
    "json-ld": (
        (
            '<title>Dam holds</title><script type=\'application/ld+json\'>{"@type": "VideoObject", "name": "Dam holds",'
            ' "uploadDate": "2025-03-02"}</script>'
        ),
        (
            "<main><h1>Dam holds</h1><p>Water runs over the crown of the dam as the gates are opened on Friday night,"
            " in"
            " pictures that a neighbour took with his phone.</p></main>"
        ),
    ),
    "player": (
        "<title>Video: dam holds</title>",
        (
            "<main><h1>Video: dam holds</h1><iframe src='https://www.youtube.com/embed/x'></iframe><p>The mayor"
            " speaks to"
            " reporters in front of the dam, two minutes and four seconds, with subtitles.</p></main>"
        ),
    ),
    "nothing-else": (
        "<title>Live from the dam</title><meta property='og:type' content='video'>",
        "<main><h1>Live from the dam</h1><video></video></main>",
    ),
    "portal": (
        "<title>Mediathek</title><meta property='og:type' content='video.episode'>",
        (
            "<main><h1>Der Damm</h1><audio></audio><p>Die Reportage vom Damm oberhalb des Dorfes, verfügbar bis zum"
            " Ende"
            " des Jahres. Ein Film von unserer Redaktion im Tal.</p></main>"
        ),
    ),
}


def _page(head: str, body: str, classes: str = "") -> str:
    return f"<html><head>{head}</head><body class='{classes}'>{body}</body></html>"


@pytest.mark.parametrize("name", DRAWN)
def test_a_page_that_a_script_would_fill_is_dropped_as_one(run: Callable[..., Outcome], name: str) -> None:
    """
    There is nothing in it, or a plea for JavaScript.
    """
    assert run(_page(*DRAWN[name])).reason == "NEEDS_JAVASCRIPT"


@pytest.mark.parametrize("name", VIDEOS)
def test_a_page_of_one_video_is_dropped_as_one(run: Callable[..., Outcome], name: str) -> None:
    """
    It says that it is a video, and its text is a caption.
    """
    url = "https://news.example.org/video/dam" if name == "player" else "https://news.example.org/dam"

    assert run(_page(*VIDEOS[name]), url=url).reason == "VIDEO_ONLY"


def test_a_page_of_pictures_is_dropped_as_one(run: Callable[..., Outcome]) -> None:
    """
    It says that it is a gallery, and its text is next to nothing.
    """
    pictures = "".join(f"<figure><img src='/{at}.jpg'></figure>" for at in range(9))
    text = "<p>Nine pictures from the dam above the village, taken by our readers on Saturday and on Sunday.</p>"

    page = _page("<title>The dam in pictures</title>", f"<main><h1>The dam in pictures</h1>{text}{pictures}</main>")

    assert run(page, url="https://news.example.org/gallery/dam").reason == "GALLERY_ONLY"


def _teasers(count: int = 8, tag: str = "article", level: int = 2, *, is_linked: bool = True) -> str:
    pieces = []
    for at in range(count):
        title = f"The dam held for night number {at}, and nobody was hurt"
        heading = f"<a href='/{at}'>{title}</a>" if is_linked else title
        summary = f"<p>In the village, {at} families had left their homes on Friday; by Sunday all were back.</p>"
        pieces.append(f"<{tag} class='teaser'><h{level}>{heading}</h{level}>{summary}</{tag}>")
    return "".join(pieces)


INDEXES = {
    "front-page": ("https://news.example.org/", "<title>Lindmoor Post</title>", _teasers(), ""),
    "section": (
        "https://news.example.org/category/valley/",
        "<title>Valley - Lindmoor Post</title>",
        "<h1>Valley</h1>" + _teasers(level=3),
        "archive category",
    ),
    "tag": ("https://news.example.org/tag/dam", "<title>Dam</title>", "<h1>Dam</h1>" + _teasers(tag="div"), ""),
    "search": (
        "https://news.example.org/find?q=dam",
        "<title>Search results for dam</title>",
        "<h1>Search results for dam</h1>" + _teasers(tag="li"),
        "",
    ),
    "search-path": (
        "https://news.example.org/search/dam",
        "<title>Suche</title>",
        "<h1>Suchergebnisse</h1>" + _teasers(12),
        "",
    ),
    "page-two": ("https://news.example.org/news/page/2", "<title>News</title>", _teasers(10), "paged"),
    "author": ("https://news.example.org/author/ada-lindqvist/", "<title>Ada</title>", _teasers(7), "archive author"),
    "collection": (
        "https://news.example.org/valley",
        '<title>Valley</title><script type=\'application/ld+json\'>{"@type": "CollectionPage"}</script>',
        _teasers(9),
        "",
    ),
    "blog": (
        "https://news.example.org/blog-of-the-valley",
        "<title>Blog of the valley</title>",
        _teasers(6),
        "home blog",
    ),
    "dated-by-json-ld": (
        "https://news.example.org/",
        "<title>Lindmoor Post</title><script type='application/ld+json'>["
        + ",".join(
            f'{{"@type": "NewsArticle", "headline": "Night number {at}", "datePublished": "2025-03-0{at}"}}'
            for at in range(1, 8)
        )
        + "]</script>",
        _teasers(),
        "home",
    ),
}


@pytest.mark.parametrize("name", INDEXES)
def test_a_list_of_articles_is_dropped_as_one(run: Callable[..., Outcome], name: str) -> None:
    """
    It is teasers without a long paragraph, and says by its URL, class, title or JSON-LD that it is a list.
    """
    url, head, body, classes = INDEXES[name]

    assert run(_page(head, f"<main>{body}</main>", classes), url=url).reason == "INDEX_PAGE"
