"""
What a page says about itself, gathered from its tree once, before anything is taken out of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from schemas.events import PageMeta
from services.cleaner.lines import tidy
from services.cleaner.metadata.titles import MAX_TITLE_CHARS, Title, read_titles
from services.cleaner.page.linked_data import LinkedData, read_linked_data
from services.cleaner.page.survey import FOREIGN, FOREIGN_TAGS, Survey, above_heading, is_apart, survey

MAX_VALUES = 40
"""Elements of one kind that are looked at."""

PROPERTIES = frozenset(("author", "datePublished", "dateModified", "headline"))
"""The microdata that is read."""


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
        titles: The headings of the first three levels.
        times: `(datetime or content attribute, is it marked as the date of publication)` of `time` elements.
        items: Contents of microdata properties, by name.
        bylines: Texts of links marked as author by `rel`.
        marks: The elements of the page that say more.
    """

    url: str
    language: str | None = None
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    linked: LinkedData = field(default_factory=LinkedData)
    title: str | None = None
    headings: tuple[str, ...] = ()
    titles: tuple[Title, ...] = ()
    times: tuple[tuple[str, bool], ...] = ()
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bylines: tuple[str, ...] = ()
    marks: Survey = field(default_factory=Survey)

    def meta_first(self, *names: str) -> str | None:
        """
        The first content of the first of these names that is there.
        """
        for name in names:
            if name in self.meta:
                return self.meta[name][0]
        return None

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
    marks = survey(tree)
    article = above_heading(marks)
    titles = read_titles(marks.headings, page.url)
    rel_authors = [node for node in marks.authors if node.tag == "a" and node.get("rel") == "author"]
    own_times = (
        node for node in marks.times if not is_apart(node.getparent(), article, names=FOREIGN, tags=FOREIGN_TAGS)
    )
    return Signals(
        url=page.url,
        language=tree.get("lang") or tree.get("xml:lang"),
        meta=_metas(marks.metas),
        linked=read_linked_data([node.text or "" for node in marks.scripts[:MAX_VALUES]], urls),
        title=_text(marks.titles[0])[:MAX_TITLE_CHARS] if marks.titles else None,
        headings=tuple(title.text for title in titles if title.level == 1),
        titles=titles,
        times=tuple(_times(islice(own_times, MAX_VALUES))),
        items=_items(marks.items, article),
        bylines=tuple(text for node in rel_authors[:MAX_VALUES] if (text := _text(node))),
        marks=marks,
    )


def _text(node: HtmlElement) -> str:
    return tidy(" ".join(node.itertext()))


def _metas(nodes: Iterable[HtmlElement]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for node in nodes:
        content = tidy(node.get("content") or "")
        if not content:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = node.get(attribute)
            if name and (name := name.lower().strip()):
                found.setdefault(name, []).append(content)
    return {name: tuple(values[:MAX_VALUES]) for name, values in found.items()}


def _times(nodes: Iterable[HtmlElement]) -> list[tuple[str, bool]]:
    found = []
    for node in nodes:
        marks = f"{node.get('itemprop')} {node.get('class')}".lower()
        stated = node.get("datetime") or _text(node)
        if stated and "modif" not in marks and "updat" not in marks:
            is_marked = node.get("pubdate") is not None or "publish" in marks
            found.append((stated, is_marked))
    return found


def _items(nodes: Iterable[HtmlElement], article: frozenset[HtmlElement]) -> dict[str, tuple[str, ...]]:
    """
    Microdata may mark several properties by one attribute.
    """
    found: dict[str, list[str]] = {}
    for node in nodes:
        names = PROPERTIES.intersection(node.get("itemprop").split())
        if not names or is_apart(node.getparent(), article):
            continue
        for name in names:
            inner = node.find(".//*[@itemprop='name']") if name == "author" else None
            value = node.get("content") or node.get("datetime") or _text(node if inner is None else inner)
            if value:
                found.setdefault(name, []).append(value)
    return {name: tuple(values[:MAX_VALUES]) for name, values in found.items()}
