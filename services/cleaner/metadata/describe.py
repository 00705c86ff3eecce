"""
What is known of an article besides its body, each value with where it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from lxml.html import HtmlElement

from schemas.events import PageMeta
from schemas.parts import Author, Image, Provenance, Publisher, Truncation
from services.cleaner.metadata import article_type, authors, dates, headlines, paywall, standfirst
from services.cleaner.metadata.article_type import find_type
from services.cleaner.metadata.authors import find_authors
from services.cleaner.metadata.credits import split_credit
from services.cleaner.metadata.dates import find_modified, find_published, in_utc
from services.cleaner.metadata.headlines import find_headline
from services.cleaner.metadata.paywall import find_access
from services.cleaner.metadata.standfirst import find_description
from services.cleaner.page.linked_data import Node, as_list, text_of
from services.cleaner.page.signals import Signals

MAX_IMAGES = 10
MAX_STATED = 100
"""Images that are looked at for so many; the same one is often stated in several sizes."""

MAX_KEYWORDS = 50
MAX_CAPTION_CHARS = 1000

TRUST: Mapping[str, tuple[str, ...]] = {
    "headline": (*headlines.SOURCES, "text"),
    "description": ("standfirst", *standfirst.SOURCES, "text"),
    "author": authors.SOURCES,
    "publisher": ("json-ld", "meta", "url"),
    "datePublished": dates.SOURCES,
    "dateModified": dates.MODIFIED_SOURCES,
    "inLanguage": ("html", "json-ld", "meta", "header", "feed"),
    "articleSection": ("json-ld", "meta"),
    "publisherKeywords": ("json-ld", "meta"),
    "isAccessibleForFree": paywall.SOURCES,
    "additionalType": article_type.SOURCES,
    "image": ("json-ld", "meta"),
}
"""By the field's name on the wire: what is believed first. `docs/metadata.md` has the same table, with the reasons."""

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*", re.IGNORECASE)


@dataclass(frozen=True)
class Metadata:
    """
    The values of an article's fields, absent ones None or empty; `provenance` is by the field's name on the wire, and
    `truncation` is told later, when the text is known.
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
    additional_type: str | None = None
    date_published_utc: str | None = None
    date_modified_utc: str | None = None
    image: list[Image] = field(default_factory=list)
    truncation: Truncation | None = None
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
    author, sources["author"] = find_authors(signals, hints)
    published = find_published(signals, hints, page.fetched_at, tree)
    modified = find_modified(signals, hints, page.fetched_at)
    sources["datePublished"] = published.provenance if published else None
    sources["dateModified"] = modified.provenance if modified else None
    description, sources["description"] = find_description(signals, hints)
    kind, sources["additionalType"] = find_type(signals)
    is_free, sources["isAccessibleForFree"] = find_access(signals)
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
        is_accessible_for_free=is_free,
        additional_type=kind,
        date_published_utc=in_utc(published.value) if published else None,
        date_modified_utc=in_utc(modified.value) if modified else None,
        image=images,
        provenance={name: source for name, source in sources.items() if source},
    )


def describe_text(page: PageMeta) -> Metadata:
    """
    What is known of an article that came as plain text: what its headers and the feed say, and its URL.
    """
    return describe(Signals(url=page.url), page, None)


def _first(name: str, stated: Mapping[str, str | None]) -> tuple[str | None, Provenance | None]:
    found = ((stated[source], Provenance(source=source)) for source in TRUST[name] if stated[source])
    return next(found, (None, None))


def _publisher(signals: Signals, site: str) -> tuple[Publisher, Provenance]:
    linked = next((node for node in signals.linked.all("publisher") if text_of(node.get("name"))), {})
    named = {
        "json-ld": text_of(linked.get("name")),
        "meta": signals.meta_first("og:site_name", "application-name", "dc.publisher"),
        "url": site,
    }
    name, source = _first("publisher", named)
    url = linked.get("url")
    is_url = source is not None and source.source == "json-ld" and isinstance(url, str) and url.startswith("http")
    return Publisher(name=name or site, url=str(url) if is_url else None), source or Provenance(source="url")


def _language(signals: Signals, page: PageMeta) -> tuple[str | None, Provenance | None]:
    stated = {
        "html": signals.language,
        "json-ld": text_of(signals.linked.first("inLanguage")),
        "meta": signals.meta_first("og:locale", "content-language", "dc.language", "language"),
        "header": page.headers.get("content-language"),
        "feed": page.hints.language,
    }
    found = {source: _LANGUAGE.fullmatch((text or "").split(",")[0].strip()) for source, text in stated.items()}
    return _first("inLanguage", {source: match[1].lower() if match else None for source, match in found.items()})


def _section(signals: Signals) -> tuple[str | None, Provenance | None]:
    stated = {
        "json-ld": text_of(signals.linked.first("articleSection")),
        "meta": signals.meta_first("article:section", "section", "parsely-section", "sailthru.section"),
    }
    return _first("articleSection", stated)


def _keywords(signals: Signals) -> tuple[list[str], Provenance | None]:
    linked = (text_of(value) for value in as_list(signals.linked.first("keywords")))
    tags = signals.meta.get("article:tag") or signals.meta_all("news_keywords", "keywords", "parsely-tags")
    stated = {"json-ld": [text for text in linked if text], "meta": tags}
    for source in TRUST["publisherKeywords"]:
        parts = [part.strip() for text in stated[source] for part in re.split(r"[,;،、]", text)]
        found = [part for part in dict.fromkeys(parts) if part][:MAX_KEYWORDS]
        if found:
            return found, Provenance(source=source)
    return [], None


def _images(signals: Signals) -> tuple[list[Image], Provenance | None]:
    stated = {
        "json-ld": as_list(signals.linked.first("image")),
        "meta": signals.meta_all("og:image", "twitter:image"),
    }
    for source in TRUST["image"]:
        images = [image for value in stated[source][:MAX_STATED] if (image := _image(signals, value))]
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
    caption, credit = split_credit((text_of(node.get("caption")) or "")[:MAX_CAPTION_CHARS])
    stated = text_of(node.get("creditText")) or text_of(node.get("copyrightHolder"))
    return Image(url=absolute, caption=caption, credit=stated or credit)
