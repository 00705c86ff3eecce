"""
What is known of an article besides its body, each value with where it comes from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin

from lxml.html import HtmlElement

from schemas.events import PageMeta
from schemas.parts import Author, Hints, Image, Provenance, Publisher
from services.cleaner.authors import find_authors
from services.cleaner.dates import find_modified, find_published
from services.cleaner.extract import fragment_text
from services.cleaner.headlines import find_headline
from services.cleaner.linked_data import Node, as_list, text_of
from services.cleaner.signals import Signals

MAX_IMAGES = 10
MAX_KEYWORDS = 50
MAX_DESCRIPTION_CHARS = 2000

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*", re.IGNORECASE)


@dataclass(frozen=True)
class Metadata:
    """
    The values of an article's fields, absent ones None or empty; `provenance` is by the field's name on the wire.
    """

    headline: str | None = None
    description: str | None = None
    author: list[Author] = field(default_factory=list)
    publisher: Publisher | None = None
    date_published: str | None = None
    date_modified: str | None = None
    in_language: str | None = None
    article_section: str | None = None
    publisher_keywords: list[str] = field(default_factory=list)
    is_accessible_for_free: bool | None = None
    image: list[Image] = field(default_factory=list)
    provenance: dict[str, Provenance] = field(default_factory=dict)


def describe(signals: Signals, page: PageMeta, tree: HtmlElement | None) -> Metadata:
    """
    Judge a page's statements, the feed's behind them.

    Args:
        signals: What the page states.
        page: Its headers and hints.
        tree: The page, to look for a date that only people can see; None where there is none.
    """
    hints = page.hints
    sources: dict[str, Provenance | None] = {}
    headline, sources["headline"] = find_headline(signals, hints) or (None, None)
    author, sources["author"] = find_authors(signals, hints, tree)
    published = find_published(signals, hints, page.fetched_at, tree)
    modified = find_modified(signals, page.fetched_at)
    sources["datePublished"] = published.provenance if published else None
    sources["dateModified"] = modified.provenance if modified else None
    description, sources["description"] = _description(signals, hints)
    publisher, sources["publisher"] = _publisher(signals, page.site)
    language, sources["inLanguage"] = _language(signals, page)
    section, sources["articleSection"] = _section(signals)
    keywords, sources["publisherKeywords"] = _keywords(signals)
    images, sources["image"] = _images(signals)
    return Metadata(
        headline=headline,
        description=description,
        author=author,
        publisher=publisher,
        date_published=published.value if published else None,
        date_modified=modified.value if modified else None,
        in_language=language,
        article_section=section,
        publisher_keywords=keywords,
        is_accessible_for_free=_is_free(signals),
        image=images,
        provenance={name: source for name, source in sources.items() if source},
    )


def describe_text(page: PageMeta) -> Metadata:
    """
    What is known of an article that came as plain text: what its headers and the feed say, and its URL.
    """
    return describe(Signals(url=page.url), page, None)


def _first(*statements: tuple[str, str | None]) -> tuple[str | None, Provenance | None]:
    return next(((text, Provenance(source=source)) for source, text in statements if text), (None, None))


def _description(signals: Signals, hints: Hints) -> tuple[str | None, Provenance | None]:
    text, source = _first(
        ("json-ld", text_of(signals.linked.first("description"))),
        ("meta", signals.meta_first("og:description", "description", "twitter:description")),
        ("feed", hints.summary),
    )
    if text and ("<" in text or "&" in text):
        text = " ".join(fragment_text(text))
    return (text[:MAX_DESCRIPTION_CHARS], source) if text else (None, None)


def _publisher(signals: Signals, site: str) -> tuple[Publisher, Provenance]:
    for node in signals.linked.all("publisher"):
        name, url = text_of(node.get("name")), node.get("url")
        if name:
            is_url = isinstance(url, str) and url.startswith("http")
            return Publisher(name=name, url=url if is_url else None), Provenance(source="json-ld")
    name = signals.meta_first("og:site_name", "application-name", "dc.publisher")
    return Publisher(name=name or site), Provenance(source="meta" if name else "url")


def _language(signals: Signals, page: PageMeta) -> tuple[str | None, Provenance | None]:
    statements = (
        ("html", signals.language),
        ("json-ld", text_of(signals.linked.first("inLanguage"))),
        ("meta", signals.meta_first("og:locale", "content-language", "dc.language", "language")),
        ("header", page.headers.get("content-language")),
        ("feed", page.hints.language),
    )
    for source, text in statements:
        found = _LANGUAGE.fullmatch((text or "").split(",")[0].strip())
        if found:
            return found[1].lower(), Provenance(source=source)
    return None, None


def _section(signals: Signals) -> tuple[str | None, Provenance | None]:
    return _first(
        ("json-ld", text_of(signals.linked.first("articleSection"))),
        ("meta", signals.meta_first("article:section", "section", "parsely-section", "sailthru.section")),
    )


def _keywords(signals: Signals) -> tuple[list[str], Provenance | None]:
    stated = [text for value in as_list(signals.linked.first("keywords")) if (text := text_of(value))]
    statements = (
        ("json-ld", stated),
        ("meta", signals.meta.get("article:tag", ())),
        ("meta", signals.meta_all("news_keywords", "keywords", "parsely-tags")),
    )
    for source, texts in statements:
        parts = [part.strip() for text in texts for part in re.split(r"[,;،、]", text)]
        found = [part for part in dict.fromkeys(parts) if part][:MAX_KEYWORDS]
        if found:
            return found, Provenance(source=source)
    return [], None


def _is_free(signals: Signals) -> bool | None:
    stated = signals.linked.first("isAccessibleForFree")
    if isinstance(stated, bool):
        return stated
    known = {"true": True, "false": False}
    if text := text_of(stated):
        return known.get(text.lower())
    tier = signals.meta_first("article:content_tier") or ""
    return {"free": True, "metered": False, "locked": False}.get(tier.lower())


def _images(signals: Signals) -> tuple[list[Image], Provenance | None]:
    linked = [image for value in as_list(signals.linked.first("image")) if (image := _image(signals, value))]
    stated = [image for url in signals.meta_all("og:image", "twitter:image") if (image := _image(signals, url))]
    for source, images in (("json-ld", linked), ("meta", stated)):
        distinct = list({image.url: image for image in reversed(images)}.values())[::-1]
        if distinct:
            return distinct[:MAX_IMAGES], Provenance(source=source)
    return [], None


def _image(signals: Signals, value: object) -> Image | None:
    node: Node = {"url": value} if isinstance(value, str) else signals.linked.resolve(value)
    url = text_of(node.get("url") or node.get("contentUrl"))
    try:
        absolute = urljoin(signals.url, url) if url else ""
    except ValueError:
        return None
    if not absolute.startswith(("http://", "https://")):
        return None
    return Image(url=absolute, caption=text_of(node.get("caption")), credit=text_of(node.get("creditText")))
