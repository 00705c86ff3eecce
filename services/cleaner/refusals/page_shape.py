"""
What kind of page this is by its structure, whatever it says: its forms, players, teasers, and how it calls itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from services.cleaner.lines import tidy
from services.cleaner.page.signals import Signals

MANY_STATED = 4
"""So many articles in a page's statements are a list of them."""

MAX_ELEMENTS = 60
MAX_NOSCRIPT_CHARS = 1000
MAX_SCRIPT_CHARS = 300_000

NO_SIGNALS = Signals(url="")

_TAGS = ("article", "input", "video", "audio", "iframe", "noscript", "img", "script")
_PLAYER = re.compile(
    r"youtu\.?be|vimeo|dailymotion|brightcove|jwplat|player|twitch\.tv|facebook\.com/plugins/video|ooyala|kaltura|video",
    re.IGNORECASE,
)
_ROOT = re.compile(
    r"(?:_*(?:app|root|react|next|nuxt|gatsby|svelte|vue|ember|main|page|ng)[-_]?)+(?:app|root|view|container|mount)?$"
)
_CHALLENGE = re.compile(r"captcha|challenge|cf-browser|ddos|robot-check|human-check|turnstile", re.IGNORECASE)
_TYPES = re.compile(r"\"@type\"\s*:\s*\[?\s*\"(?:https?://schema\.org/)?(\w+)\"")
_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Recipe|HowTo|Obituary)$")
_LISTS = frozenset(("CollectionPage", "SearchResultsPage", "ItemList", "Blog"))
_GALLERIES = frozenset(("ImageGallery", "MediaGallery"))
_LIST_CLASSES = frozenset(
    ("archive", "category", "tag", "search", "search-results", "home", "blog", "paged", "front", "frontpage",
     "homepage", "page-home", "path-frontpage", "tax-post_tag", "section-front", "index", "listing", "front-page",
     "page-search")
)  # fmt: skip
_ARTICLE_CLASSES = frozenset(("single", "single-post", "node-type-article", "page-node-type-article", "article"))
_LIST_PATH = re.compile(
    r"^/?$|^/(?:index\.\w+|home|news|en|de|fr|es|it)/?$|/(?:tags?|tagged|category|categories|kategorie|search|suche|recherche|buscar|"
    r"busca|topics?|themen|temas?|archives?|archiv|author|autor|authors|section|rubrik|rubrique|seccion)(?:/[^/]*){0,2}/?$"
    r"|/page/\d+/?$",
    re.IGNORECASE,
)
_LIST_QUERY = re.compile(r"(?:^|&)(?:s|q|query|search|keyword|tag|cat)=", re.IGNORECASE)
_VIDEO_PATH = re.compile(r"/(?:videos?|watch|clips?|mediathek|vidéos?|webtv|livestream)(?:/|$)", re.IGNORECASE)
_GALLERY_PATH = re.compile(
    r"/(?:gallery|galleries|photo-?gallery|photos?|pictures|slideshows?|bildergalerien?|fotostrecken?|diaporamas?|galeria|"
    r"fotogaleria|fotos|fotogallery)(?:/|$)",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """
    Structure of a page, looked at only where its text leaves a question.

    Attributes:
        nodes: Its forms' fields, players, frames, images and the like.
        body: Its `body`.
        signals: What it states.
    """

    nodes: tuple[HtmlElement, ...] = ()
    body: HtmlElement | None = None
    signals: Signals = NO_SIGNALS

    @cached_property
    def has_password(self) -> bool:
        """
        Is there a field for a password?
        """
        return any((node.get("type") or "").lower() == "password" for node in self._of("input"))

    @cached_property
    def players(self) -> int:
        """
        How many players of video or sound there are.
        """
        return len(self._of("video")) + len(self._of("audio")) + sum(map(_is_player, self._of("iframe")))

    @cached_property
    def images(self) -> int:
        """
        How many `img` elements there are.
        """
        return len(self._of("img"))

    @cached_property
    def teasers(self) -> int:
        """
        `article` elements, or headings of the second and third level that are links, whichever are more.
        """
        linked = sum(_is_linked(node) for node in self.signals.marks.headings if node.tag != "h1")
        return max(linked, len(self._of("article")))

    @cached_property
    def has_code(self) -> bool:
        """
        Are there scripts that hold or load code?
        """
        return any("json" not in (node.get("type") or "") for node in self._of("script"))

    @cached_property
    def noscript(self) -> str:
        """
        What it shows to those without JavaScript.
        """
        texts = (text for node in self._of("noscript")[:20] for text in node.itertext())
        return tidy(" ".join(texts))[:MAX_NOSCRIPT_CHARS]

    @cached_property
    def has_empty_root(self) -> bool:
        """
        Is there an element for a script to fill, and no text in it?
        """
        return self.body is not None and any(map(_is_empty_root, self.body))

    @cached_property
    def is_challenge(self) -> bool:
        """
        Is there an element of a test for machines?
        """
        nodes = () if self.body is None else self.body.iter("form", "div", "iframe")
        names = (f"{node.get('id')} {node.get('class')} {node.get('action')}" for node in nodes)
        return any(_CHALLENGE.search(name) for name, _ in zip(names, range(MAX_ELEMENTS), strict=False))

    @cached_property
    def is_error(self) -> bool:
        """
        Does it call itself an error in its class?
        """
        return bool({"error404", "error-404"} & self._classes)

    @cached_property
    def articles(self) -> int:
        """
        How many articles its JSON-LD names.
        """
        return sum(bool(_ARTICLE.search(name)) for name in self.types)

    @cached_property
    def is_article(self) -> bool:
        """
        Does it say that it is one article?
        """
        is_dated = "article:published_time" in self.signals.meta
        return 0 < self.articles < MANY_STATED or self.kind.startswith("article") or is_dated

    @cached_property
    def types(self) -> tuple[str, ...]:
        """
        Of the objects of its JSON-LD.
        """
        texts = ((node.text or "")[:MAX_SCRIPT_CHARS] for node in self.signals.marks.scripts)
        return tuple(name for text in texts for name in _TYPES.findall(text))

    @cached_property
    def kind(self) -> str:
        """
        Its `og:type`.
        """
        return (self.signals.meta_first("og:type") or "").lower()

    @cached_property
    def list_votes(self) -> int:
        """
        How many of its URL, class and JSON-LD say that it is a list, 0 to 3.
        """
        path, query = _address(self.signals.url)
        is_class = bool(_LIST_CLASSES & self._classes) and not _ARTICLE_CLASSES & self._classes
        is_type = bool(_LISTS.intersection(self.types)) or self.articles >= MANY_STATED
        is_address = bool(_LIST_PATH.search(path)) and not (path in {"", "/"} and query)
        return is_class + is_type + (is_address or bool(_LIST_QUERY.search(query)))

    @cached_property
    def is_video(self) -> bool:
        """
        Does it call itself a video, and hold one?
        """
        is_named = self.kind.startswith("video") or bool(_VIDEO_PATH.search(_address(self.signals.url)[0]))
        return "VideoObject" in self.types or (is_named and self.players > 0)

    @cached_property
    def is_gallery(self) -> bool:
        """
        Does it call itself a gallery?
        """
        path = _address(self.signals.url)[0]
        return bool(_GALLERIES.intersection(self.types)) or bool(_GALLERY_PATH.search(path))

    @cached_property
    def _classes(self) -> frozenset[str]:
        return frozenset() if self.body is None else frozenset((self.body.get("class") or "").lower().split())

    def _of(self, tag: str) -> list[HtmlElement]:
        return [node for node in self.nodes if node.tag == tag]


def read_shape(tree: HtmlElement, signals: Signals) -> Shape:
    """
    Look at a page of which nothing has been taken out.
    """
    return Shape(tuple(tree.iter(*_TAGS)), tree.find("body"), signals)


def _address(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "-", ""
    return parts.path, parts.query


def _is_linked(heading: HtmlElement) -> bool:
    above = heading.getparent()
    return (above is not None and above.tag == "a") or heading.find("a") is not None or heading.find("*/a") is not None


def _is_player(frame: HtmlElement) -> bool:
    return bool(_PLAYER.search(f"{frame.get('src')} {frame.get('data-src')} {frame.get('class')}"))


def _is_empty_root(node: HtmlElement) -> bool:
    if not isinstance(node.tag, str) or not ("-" in node.tag or _ROOT.match((node.get("id") or "").lower())):
        return False
    return not any(text.strip() for text in node.itertext())
