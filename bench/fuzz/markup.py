"""
Damage that knows markup: tags, attributes, nesting, floods of elements, metadata of odd shape.
"""

from __future__ import annotations

import re
from html import escape
from random import Random

from bench.fuzz.bytewise import Mutation
from bench.fuzz.odd import DATES, INVISIBLE, URLS, odd_linked_data, odd_name, odd_text, size

TAG = re.compile(rb"</?[A-Za-z][^<>]{0,2000}>")
NAMES = ("p", "div", "span", "b", "a", "td", "tr", "table", "select", "option", "svg", "math", "template",
         "plaintext", "xmp",
         "textarea", "noscript", "iframe", "object", "title", "frameset", "form", "button", "li", "ul", "dl", "h1",
         "article",
         "main", "body", "html", "head", "script", "style", "pre", "font", "ruby", "details", "center", "x-y", "a:b",
         "o:p",
         "blockquote", "section", "aside", "footer", "nav", "figure", "time", "address", "base", "image",
         "listing")  # fmt: skip
ATTRIBUTES = ("class", "id", "style", "href", "src", "itemprop", "itemtype", "lang", "dir", "role", "hidden",
              "aria-hidden",
              "datetime", "content", "property", "name", "rel", "xml:lang", "xmlns:a", "data-x", "alt", "title",
              "onclick")  # fmt: skip
STYLES = (
    "display:none",
    "visibility: hidden",
    "position:absolute;left:-9999px",
    "font-size:0",
    "opacity:0",
    "DISPLAY : NONE !important",
)
METAS = ("author", "article:author", "og:title", "og:description", "og:type", "og:url", "og:image", "og:locale",
         "og:site_name",
         "article:published_time", "article:modified_time", "article:section", "article:tag", "date", "dc.date",
         "dc.creator",
         "dcterms.created", "keywords", "news_keywords", "description", "language", "content-language", "refresh",
         "robots",
         "parsely-pub-date", "parsely-author", "sailthru.date", "twitter:title", "twitter:label1", "twitter:data1",
         "viewport",
         "citation_author", "generator", "pubdate", "last-modified", "")  # fmt: skip
UNITS = ("<b>", "</b>", "<p>x</p>", "<p>", "<div>", "</div>", "<li>a", "<td>", "<tr><td>", "<table>", "<br>",
         "<a href=x>y</a>",
         "&amp;", "&#xD800;", "&#0;", "&", "&nbsp;", "<", ">", '"', "'", "{", "[", "\n", "\n\n", " ", "\t", "a",
         "word ", "Ab. ",
         "<!--", "-->", "<script>", "</script>", "<style>", "<![CDATA[", "<?x ?>", "2024-02-29 ", "By Ann Lee ",
         " | ", "- ",
         "<font>", "<a><b>", "<select><option>", "<svg><g>", "<h2>x</h2>", "<i>a</i>", "<span> </span>", "<q>", "字",
         "\u00a0",
         "\u200b", "http://a.b/ ", "Share ", "a,", "a-", "<p>10:00</p>", "Jan. 1, ", "<time>", "<img src=x alt=y>",
         "<ul><li>", "<ul><li>a", "<ol><li>a<br>b",
         "<dl><dt>", "<p>Read more:</p>", "<object>", "<button>", "#", "* ", "> ", "|", "=", "`", "_", "[x](y)",
         "**", "|-|\n",
         "<p>Same line again and again, as some pages have it, with a full stop at its end.</p>", "&lt;p&gt;", "//",
         "/*")  # fmt: skip
TOP = 5 * 1024 * 1024


def _place(rng: Random, body: bytes) -> int:
    """
    Mostly at a tag near a random place; sometimes in the middle of one, or at an end.
    """
    where = rng.randrange(len(body) + 1)
    kind = rng.random()
    if kind < 0.15:
        return where
    if kind < 0.25:
        return rng.choice((0, len(body)))
    if kind < 0.45:
        found = re.search(
            rng.choice((rb"<head[^>]*>", rb"<body[^>]*>", rb"<title[^>]*>", rb"<article[^>]*>", rb"<p[^>]*>")), body
        )
    else:
        found = TAG.search(body, where)
    return found.end() if found else where


def _put(rng: Random, body: bytes, text: str) -> bytes:
    where = _place(rng, body)
    return body[:where] + text.encode("utf-8", "surrogatepass") + body[where:]


def _tags(rng: Random, body: bytes) -> list[re.Match[bytes]]:
    found = list(TAG.finditer(body))
    return sorted(rng.sample(found, min(len(found), size(rng, 200))), key=lambda match: match.start())


def _replaced(body: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    parts, end = [], 0
    for start, stop, text in changes:
        parts += [body[end:start], text]
        end = stop
    return b"".join((*parts, body[end:]))


def drop_tags(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Tags are missing: elements never end, or never begin.
    """
    return _replaced(body, [(tag.start(), tag.end(), b"") for tag in _tags(rng, body)])


def shuffle_tags(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Tags in each other's places.
    """
    chosen = _tags(rng, body)
    texts = [tag[0] for tag in chosen]
    rng.shuffle(texts)
    return _replaced(body, [(tag.start(), tag.end(), text) for tag, text in zip(chosen, texts, strict=True)])


def rename_tags(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Other elements than there were, some of which change how all that follows is read.
    """
    return _replaced(
        body,
        [
            (tag.start(), tag.end(), re.sub(rb"[A-Za-z]+", rng.choice(NAMES).encode(), tag[0], count=1))
            for tag in _tags(rng, body)
        ],
    )


def nest(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Thousands of elements in each other, closed or not, around something or nothing.
    """
    names = [rng.choice(NAMES) for _ in range(rng.choice((1, 1, 2, 3)))]
    levels = size(rng, 30_000)
    opening = "".join(f"<{name}>" for name in names) * levels
    closing = "".join(f"</{name}>" for name in reversed(names)) * (levels if rng.random() < 0.5 else 0)
    if rng.random() < 0.3:
        start, end = sorted((_place(rng, body), _place(rng, body)))
        return body[:start] + opening.encode() + body[start:end] + closing.encode() + body[end:]
    return _put(rng, body, opening + odd_text(rng) + closing)


def blow_attributes(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    One huge attribute, thousands of them, or odd ones on many elements.
    """
    chosen = _tags(rng, body)
    kind = rng.random()
    if not chosen:
        return body
    if kind < 0.3:
        value = rng.choice(("a ", "a", "a-b_", "&amp;", "x:y;", "字", "/", "%20", "1")) * size(rng, 500_000)
        extra, chosen = f' {rng.choice(ATTRIBUTES)}="{value}"', chosen[:1]
    elif kind < 0.5:
        extra, chosen = "".join(f" a{index}=b" for index in range(size(rng, 20_000))), chosen[:1]
    else:
        value = rng.choice(
            (rng.choice(STYLES), odd_text(rng, 200), rng.choice(URLS), rng.choice(DATES), "", "articleBody")
        )
        extra = f' {rng.choice(ATTRIBUTES)}="{escape(value)}"'
    text = extra.encode()
    return _replaced(body, [(tag.end() - 1, tag.end() - 1, text) for tag in chosen])


def huge_table(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    A table of many cells, with spans that do not fit, with one wide row, or tables in tables.
    """
    cell = rng.choice(
        (
            "<td>1",
            "<td>Fourteen words of text in a cell.</td>",
            "<th colspan=99999999 rowspan=65535>x</th>",
            "<td><p>a<p>b",
        )
    )
    if rng.random() < 0.2:
        return _put(rng, body, "<table><tr><td>" * size(rng, 5000) + odd_text(rng))
    columns = size(rng, 1000)
    first = "<tr>" + cell * size(rng, 10_000) if rng.random() < 0.3 else ""
    return _put(
        rng, body, "<table>" + first + ("<tr>" + cell * columns) * (1 + size(rng, 40_000) // columns) + "</table>"
    )


def inline_flood(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    One paragraph of thousands of inline elements.
    """
    name = rng.choice(
        ("span", "b", "a", "i", "em", "font", "sub", "ruby", "mark", "time", "img", "br", "wbr", "code", "label")
    )
    text = rng.choice(("w", "word ", "", " ", "ab-", "字", "\u200b", "Skip to "))
    return _put(rng, body, "<p>" + f"<{name}>{text}</{name}>" * size(rng, 30_000) + "</p>")


def entities(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Entities that multiply, that name no character, or that never end.
    """
    levels = "".join(f'<!ENTITY e{n} "{"&e" + str(n - 1) + ";" if n else "lol"}{"&e0;" * 9}">' for n in range(12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE html [{levels}<!ENTITY x SYSTEM "http://127.0.0.1:9/x"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    if rng.random() < 0.3:
        return bomb.encode() + b"<p>&e11;&x;&f;</p>" + body
    odd = (
        "&#x110000;",
        "&#xD800;",
        "&#xDFFF;",
        "&#0;",
        "&#128;",
        "&#xFFFE;",
        "&#99999999999999;",
        "&#x;",
        "&lol",
        "&amp;lt;",
        "&NotEqualTilde;",
    )
    return _put(rng, body, rng.choice(odd) * size(rng, 20_000))


def odd_texts(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Paragraphs of odd text, or odd characters in the text that there is.
    """
    if rng.random() < 0.6:
        name = rng.choice(NAMES)
        texts = (odd_text(rng, size(rng, 50_000)) for _ in range(size(rng, 20)))
        return _put(rng, body, "".join(f"<{name}>{text}</{name}>" for text in texts))
    mark = rng.choice((*INVISIBLE, "\u0300", "\u00a0", "\u2028", "<wbr>", "&shy;", "<!-- -->", "\n")).encode()
    return re.sub(rb"(?<=[a-z])(?=[a-z])", mark, body[:150_000]) + body[150_000:]


def grow(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    A few pieces of markup or text over and over, up to the size limit of a page: what is not linear shows.
    """
    unit = "".join(rng.choice(UNITS) for _ in range(rng.choice((1, 1, 1, 2, 3))))
    top = TOP if rng.random() < 0.15 else 300_000
    text = unit * (size(rng, top) // len(unit.encode()) + 1)
    name = rng.choice(
        ("", "", "p", "title", "pre", "a", "h1", "textarea", "noscript", "meta content=", "article", "script")
    )
    return _put(rng, body, f"<{name}>{text}</{name.partition(' ')[0]}>" if name else text)


def linked_data(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    One to three JSON-LD scripts of odd shape.
    """
    kind = rng.choice(
        ("application/ld+json", "application/ld+json; charset=utf-8", "Application/LD+JSON", "application/json")
    )
    for _ in range(rng.choice((1, 1, 2, 3))):
        body = _put(rng, body, f'<script type="{kind}">{odd_linked_data(rng)}</script>')
    return body


def metas(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Meta elements, time elements, titles, links and microdata with values of any kind.
    """
    pieces = []
    for _ in range(size(rng, 60)):
        value = escape(rng.choice((odd_name(rng), odd_text(rng), rng.choice(DATES), rng.choice(URLS), "", "0", "None")))
        key = rng.choice(METAS)
        pieces.append(rng.choice((
            f'<meta name="{key}" content="{value}">', f'<meta property="{key}" content="{value}">',
            f'<meta name="{key}">',
            f"<meta itemprop='{key}' content='{value}'>", f'<time datetime="{value}" pubdate>{value}</time>',
            f"<title>{value}</title>", f'<link rel="canonical" href="{value}">', f'<html lang="{value}">',
            f"<h1>{value}</h1>",
            f'<base href="{value}">',
            f'<div itemscope itemtype="https://schema.org/NewsArticle"><p itemprop="articleBody">{value}',
            f'<span itemprop="datePublished" content="{value}">{value}</span>',
            f'<a rel="author" href="{value}">{value}</a>',
            f'<p class="byline">{value}</p>', f'<span class="date published">{value}</span>',
            f'<link rel="alternate" hreflang="{value}">',
        )))  # fmt: skip
    return _put(rng, body, "".join(pieces))


def hide(rng: Random, body: bytes, _other: bytes) -> bytes:
    """
    Parts of the page in what no reader sees: comments, hidden elements, templates.
    """
    opening, closing = rng.choice((
        ("<!--", "-->"), ("<!--[if IE]>", "<![endif]-->"), (f'<div style="{rng.choice(STYLES)}">', "</div>"),
        ("<div hidden>", ""),
        ("<template>", "</template>"), ("<noscript>", "</noscript>"), ("<dialog>", "</dialog>"), ("<details>",
        "</details>"),
        ("<script>", ""), ("<style>", ""), ("<!--", ""), ("<![CDATA[", "]]>"), ('<p aria-hidden="true">', "</p>"),
        ("<svg><text>", ""),
    ))  # fmt: skip
    start, end = sorted((_place(rng, body), _place(rng, body)))
    return body[:start] + opening.encode() + body[start:end] + closing.encode() + body[end:]


MARKUP: tuple[Mutation, ...] = (
    drop_tags, shuffle_tags, rename_tags, nest, blow_attributes, huge_table, inline_flood, entities, odd_texts, grow,
    linked_data, linked_data, metas, metas, hide,
)  # fmt: skip
