"""
What a page says about itself, gathered from its tree once, before anything is taken out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from schemas.events import PageMeta
from services.cleaner.lines import tidy
from services.cleaner.linked_data import LinkedData, read_linked_data

MAX_VALUES = 40
"""Elements of one kind that are looked at."""

_ITEMS = etree.XPath(
    "//body//*[@itemprop = 'author' or @itemprop = 'datePublished' or @itemprop = 'dateModified'"
    " or @itemprop = 'headline']"
)


@dataclass(frozen=True)
class Signals:
    """
    Statements of a page, unjudged.

    Attributes:
        url: Its final URL.
        language: Of the `html` element.
        meta: Contents of `meta` elements by lower-case name or property, in order.
        linked: Its JSON-LD.
        title: Of the `title` element.
        headings: Texts of the `h1` elements.
        times: `(datetime or content attribute, is it marked as the date of publication)` of `time` elements.
        items: Contents of microdata properties, by name.
        bylines: Texts of elements marked as author by `rel` or `itemprop`.
    """

    url: str
    language: str | None = None
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    linked: LinkedData = field(default_factory=LinkedData)
    title: str | None = None
    headings: tuple[str, ...] = ()
    times: tuple[tuple[str, bool], ...] = ()
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bylines: tuple[str, ...] = ()

    def meta_first(self, *names: str) -> str | None:
        """
        The first content of the first of these names that is there.
        """
        return next((self.meta[name][0] for name in names if name in self.meta), None)

    def meta_all(self, *names: str) -> tuple[str, ...]:
        """
        The contents of the first of these names that is there.
        """
        return next((self.meta[name] for name in names if name in self.meta), ())


def gather_signals(tree: HtmlElement, page: PageMeta) -> Signals:
    """
    Read a page's statements off its tree.
    """
    urls = [url for url in (page.url, page.canonical_url, page.request_url) if url]
    scripts = [node.text or "" for node in tree.iter("script") if "ld+json" in (node.get("type") or "").lower()]
    title = next((node for node in tree.iter("title") if node.getparent().tag == "head"), None)
    return Signals(
        url=page.url,
        language=tree.get("lang") or tree.get("xml:lang"),
        meta=_metas(tree),
        linked=read_linked_data(scripts[:MAX_VALUES], urls),
        title=_text(title) if title is not None else None,
        headings=tuple(text for node in _some(tree.iter("h1")) if (text := _text(node))),
        times=tuple(_times(tree)),
        items=_items(tree),
        bylines=tuple(text for node in _some(tree.iterfind(".//a[@rel='author']")) if (text := _text(node))),
    )


def _some(nodes: Any) -> list[HtmlElement]:
    return [node for node, _ in zip(nodes, range(MAX_VALUES), strict=False)]


def _text(node: HtmlElement) -> str:
    return tidy(" ".join(node.itertext()))


def _metas(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for node in tree.iter("meta"):
        content = tidy(node.get("content") or "")
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (node.get(attribute) or "").lower().strip()
            if name and content:
                found.setdefault(name, []).append(content)
    return {name: tuple(values[:MAX_VALUES]) for name, values in found.items()}


def _times(tree: HtmlElement) -> list[tuple[str, bool]]:
    found = []
    for node in _some(tree.iter("time")):
        marks = f"{node.get('itemprop')} {node.get('class')}".lower()
        stated = node.get("datetime") or _text(node)
        if stated and "modif" not in marks and "updat" not in marks:
            is_marked = node.get("pubdate") is not None or "publish" in marks
            found.append((stated, is_marked))
    return found


def _items(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for node in _some(_ITEMS(tree)):
        name = node.get("itemprop")
        inner = node.find(".//*[@itemprop='name']") if name == "author" else None
        value = node.get("content") or node.get("datetime") or _text(node if inner is None else inner)
        if value:
            found.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}
