"""
The documented order of trust, and that the code keeps it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.events import PageMeta
from schemas.ids import article_id
from services.cleaner.metadata.describe import TRUST, describe
from services.cleaner.page.parsing import parse_html
from services.cleaner.page.signals import gather_signals

FETCHED_AT = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)
PAGE = Path(__file__).parents[3] / "docs" / "metadata.md"
LEAD = "The dam above the village held through the night."
TITLE = "The dam above Lindmoor held through the night"


@dataclass(frozen=True)
class Piece:
    """
    What one source adds to a page.
    """

    head: str = ""
    body: str = ""
    linked: Mapping[str, Any] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    folder: str = "news"
    lang: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def _meta(name: str, content: str) -> Piece:
    return Piece(head=f'<meta name="{name}" content="{content}">')


STATED: Mapping[str, Mapping[str, Piece]] = {
    "headline": {
        "h1": Piece(body=f"<h1>{TITLE} safely</h1>"),
        "meta": _meta("og:title", f"{TITLE} again"),
        "json-ld": Piece(linked={"headline": f"{TITLE} today"}),
        "microdata": Piece(body=f'<p itemprop="headline">{TITLE} firmly</p>'),
        "title": Piece(head=f"<title>{TITLE} once more</title>"),
        "feed": Piece(hints={"title": TITLE}),
    },
    "description": {
        "standfirst": Piece(body=f'<p class="standfirst">{LEAD}</p>'),
        "json-ld": Piece(linked={"description": LEAD}),
        "meta": _meta("description", "Nobody was hurt."),
        "feed": Piece(hints={"summary": "The village slept."}),
    },
    "author": {
        "json-ld": Piece(linked={"author": "Ada Berg"}),
        "meta": _meta("author", "Olof Ek"),
        "microdata": Piece(body='<span itemprop="author">Per Holm</span>'),
        "byline": Piece(body='<a rel="author" href="/p">Ida Lind</a>'),
        "text": Piece(body="<p>By Ann Lee</p>"),
        "feed": Piece(hints={"author": "Eva Falk"}),
    },
    "publisher": {
        "json-ld": Piece(linked={"publisher": {"name": "Lindmoor Post"}}),
        "meta": _meta("og:site_name", "Post"),
        "url": Piece(),
    },
    "datePublished": {
        "json-ld": Piece(linked={"datePublished": "2025-03-01"}),
        "meta": _meta("article:published_time", "2025-03-02"),
        "meta-date": _meta("date", "2025-03-03"),
        "microdata": Piece(body='<span itemprop="datePublished" content="2025-03-04"></span>'),
        "json-ld-created": Piece(linked={"dateCreated": "2025-03-05"}),
        "time-element": Piece(body='<time datetime="2025-03-06" pubdate></time>'),
        "feed": Piece(hints={"published": "2025-03-07"}),
        "url": Piece(folder="2025/03/08"),
        "text": Piece(body='<p class="date">9 March 2025</p>'),
    },
    "dateModified": {
        "json-ld": Piece(linked={"dateModified": "2025-03-01"}),
        "meta": _meta("article:modified_time", "2025-03-02"),
        "microdata": Piece(body='<span itemprop="dateModified" content="2025-03-03"></span>'),
        "feed": Piece(hints={"modified": "2025-03-04"}),
    },
    "inLanguage": {
        "html": Piece(lang="sv"),
        "json-ld": Piece(linked={"inLanguage": "de-AT"}),
        "meta": _meta("og:locale", "fr_FR"),
        "header": Piece(headers={"content-language": "it"}),
        "feed": Piece(hints={"language": "pt-BR"}),
    },
    "articleSection": {"json-ld": Piece(linked={"articleSection": "Local"}), "meta": _meta("section", "News")},
    "publisherKeywords": {"json-ld": Piece(linked={"keywords": "dam"}), "meta": _meta("keywords", "river")},
    "isAccessibleForFree": {
        "json-ld": Piece(linked={"isAccessibleForFree": True}),
        "meta": _meta("article:content_tier", "locked"),
    },
    "additionalType": {
        "json-ld": Piece(linked={"@type": "ReviewNewsArticle"}),
        "meta": _meta("article:opinion", "true"),
        "url": Piece(folder="opinion"),
        "section": _meta("article:section", "Video"),
        "json-ld-general": Piece(linked={"@type": "Report"}),
    },
    "image": {"json-ld": Piece(linked={"image": "/a.jpg"}), "meta": _meta("og:image", "/b.jpg")},
}
"""By field and source, in no order that matters: what makes a page state it."""


def _sources(pieces: Sequence[Piece]) -> Mapping[str, str]:
    """
    Where the fields of a page made of some pieces come from; of pieces that state the same property, the first counts.
    """
    linked: dict[str, Any] = {"headline": "x"} if any(piece.linked for piece in pieces) else {}
    for piece in reversed(pieces):
        linked |= piece.linked
    linked = {"@type": "BlogPosting"} | linked if linked else {}
    folder = next((piece.folder for piece in pieces if piece.folder != "news"), "news")
    url = f"https://news.example.org/{folder}/dam"
    text = (
        f'<html lang="{"".join(piece.lang for piece in pieces)}"><head>{"".join(piece.head for piece in pieces)}'
        f'<script type="application/ld+json">{json.dumps(linked)}</script></head>'
        f"<body>{''.join(piece.body for piece in pieces)}<p>{LEAD} Nobody was hurt.</p></body></html>"
    )
    tree = parse_html(text)
    assert tree is not None
    hints = {name: value for piece in pieces for name, value in piece.hints.items()}
    headers = {name: value for piece in pieces for name, value in piece.headers.items()}
    page = PageMeta.of(
        "0" * 64, url=url, article_id=article_id(url), fetched_at=FETCHED_AT, hints=hints, headers=headers
    )
    found = describe(gather_signals(tree, page), page, tree)
    return {name: provenance.source for name, provenance in found.provenance.items()}


def test_the_documented_order_of_trust_is_the_codes() -> None:
    """
    The table in the docs has the same fields and the same sources in the same order.
    """
    rows = re.findall(r"^\| `(\w+)` \| ([\w, -]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert {field: tuple(sources.split(", ")) for field, sources in rows} == dict(TRUST)
    assert [field for field, _ in rows] == list(TRUST)


@pytest.mark.parametrize("name", list(TRUST))
def test_the_most_trusted_source_that_speaks_is_believed(name: str) -> None:
    """
    Of a page on which all sources of a field speak, each of another value, they fall silent one after the other. A
    headline or a description that is told as `text` is that of a page without markup.
    """
    order = [source for source in TRUST[name] if source != "text" or source in STATED[name]]
    pieces = [STATED[name][source] for source in order]

    assert [_sources(pieces[index:]).get(name) for index in range(len(order))] == order
