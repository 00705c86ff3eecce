"""
Odd values: texts, names, dates, addresses and JSON-LD as no publisher should write them and some do.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

Json = Any
"""What `json.dumps` takes."""

SENTENCES = (
    "The dam above the village held through the night, the mayor said on Sunday.",
    "Engineers had opened the gates on Friday, when the river rose by two metres within an hour.",
    "Le barrage a tenu toute la nuit, a déclaré le maire dimanche, et personne n'a été blessé.",
    "Der Damm hielt die ganze Nacht, sagte der Bürgermeister am Sonntag.",
    "Плотина выдержала всю ночь, сообщил в воскресенье мэр.",
    "大坝整夜未决口，市长周日表示，无人受伤。",
    "ダムは一晩持ちこたえたと市長は日曜日に述べた。",
    "صمد السد طوال الليل، كما قال رئيس البلدية يوم الأحد.",
    "הסכר החזיק מעמד כל הלילה, אמר ראש העיר ביום ראשון.",
    "बाँध रात भर टिका रहा, महापौर ने रविवार को कहा।",
    "Skip to main content",
    "Back to top ^",
    "Share this: Facebook Twitter WhatsApp Email Print",
    "Accept all cookies",
    "Subscribe to continue reading. Already a member? Log in",
)

INVISIBLE = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u180e", "\u115f", "\u3164",
             "\u202e", "\u202d", "\u2066", "\u2069", "\u061c", "\U000e0041", "\ufe0f")  # fmt: skip
SPACES = ("\u00a0", "\u2003", "\u3000", "\u2028", "\u2029", "\u0085", "\u000b", "\u000c", "\u001c", "\u1680", "\u202f")
CURIOUS = ("\u0130", "ß", "ﬁ", "Ǆ", "ŉ", "ΐ", "\u1e9e", "\ufdfa", "\U0001d400", "\u0378", "\ufffe", "\ufffd", "²", "½",
           "٣", "Ⅷ", "๕", "\u0300" * 60, "👨‍👩‍👧‍👦", "\U0010ffff", "\ue000", "ﷺ", "\u1100\u1161\u11a8", "İ",
           "ſ")  # fmt: skip

FIELDS = ("headline", "alternativeHeadline", "name", "description", "articleBody", "author", "creator", "publisher",
          "datePublished", "dateModified", "dateCreated", "inLanguage", "articleSection", "keywords", "image",
          "isAccessibleForFree", "url", "mainEntityOfPage", "hasPart", "isPartOf", "thumbnailUrl", "@id", "@type",
          "@context", "@graph", "sameAs", "about", "mentions", "video", "text", "wordCount",
          "copyrightHolder")  # fmt: skip
TYPES = ("NewsArticle", "Article", "BlogPosting", "LiveBlogPosting", "WebPage", "Recipe", "VideoObject", "Person",
         "Organization", "BreadcrumbList", "ItemList", "schema:NewsArticle", "http://schema.org/NewsArticle", "",
         "X")  # fmt: skip
SCALARS: tuple[Json, ...] = (None, True, False, 0, -1, 1.5, 1e308, 10**40, -0.0, "", " ", "null", "true", "False", [],
                             {}, [[]], [{}], [None], {"@value": None}, {"name": []}, {"name": {"name": {}}}, "\u0000",
                             "&lt;b&gt;", "<p>x</p>", "\ud800", "{}", "[]",
                             "@id", {"@id": 1}, {"@id": []}, {"": ""})  # fmt: skip

DATES = (
    "2024-02-30", "2024-13-01", "0000-00-00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "99999-01-01",
    "2024-02-29T24:00:00Z", "2024-02-29T23:59:60Z", "2024-02-29T10:00:00+99:99", "2024-02-29T10:00:00+1", "2024",
    "2024-02-29T10:00:00.123456789123Z", "20240229", "20240229T100000Z", "2024-W09-4", "2024-060", "1709200800",
    "1709200800000", "-1", "1e9", "29/02/2024", "02/29/2024", "29.2.24", "Thu, 29 Feb 2024 10:00:00 GMT",
    "Thu, 29 Feb 2024 10:00:00 +2500", "Thu Feb 29 2024 10:00:00 GMT+0100 (CET)", "February 29, 2023",
    "29 février 2024",
    "29 февраля 2024 г.", "2024年2月29日 10時", "٢٩ فبراير ٢٠٢٤", "today", "yesterday", "3 hours ago", "vor 3 Stunden",
    "2024-02-29 10:00 EST", "2024-02-29 10:00 AM/PM", "10:00", "", " ", "T", "Z", "2024-02-29T", "2024-02-29Z",
    "٢٠٢٤-٠٢-٢٩",
    "２０２４-０２-２９", "²⁰²⁴-02-29", "2024–02–29", "2024-02-29T10:00:00 +01:00", "2024-02-29T10:00:00−01:00",
    "/Date(1709200800)/",
    "P1D", "2024-02-29/2024-03-01", "0/0/0", "31 31 31", "1.1.1", "2024-02-29T10:00:00[Europe/Paris]", "00:00:00Z",
    "2024-02-29T10:00:00+00:00:00.5", "2024-02-29T10:00:00-00:00", "2024-2-9", "9" * 5000, "2024-02-29" * 2000,
)  # fmt: skip

URLS = (
    "https://news.example.org/2024/02/29/dam", "http://news.example.org/", "https://news.example.org/2024/13/45/dam",
    "https://news.example.org/0000/00/00/", "https://news.example.org/9999-99-99-x", "https://[::1]/a", "https://[",
    "//",
    "https://news.example.org/" + "a" * 4000, "https://bücher.example/ü", "https://xn--bcher-kva.example/%ff%00",
    "http://",
    "https://user:pass@news.example.org:99999/x?q=1#frag", "javascript:alert(1)", "data:text/html,x", "mailto:a@b",
    "", " ",
    "https://news.example.org/\u202egpj.exe", "https:///x", "HTTPS://NEWS.EXAMPLE.ORG/A",
    "https://news.example.org/20240230.html",
    "https://127.0.0.1:1/", "ftp://news.example.org/x", "https://co.uk/", "https://news.example.org/a b\nc",
    "http://[v1.x]/",
)  # fmt: skip


def size(rng: Random, top: int) -> int:
    """
    A size of 1 to `top`, each order of magnitude as likely.
    """
    return max(1, int(top ** rng.random()))


def odd_text(rng: Random, top: int = 3000) -> str:
    """
    Some text: sentences, with odd characters strewn in, or one giant word.
    """
    kind = rng.random()
    if kind < 0.15:
        return rng.choice(("a", "word", "字", "א", "é", "1", "A", ".", "’", "-", "http://", "a.b", "😀", "_")) * size(
            rng, top
        )
    words = " ".join(rng.choice(SENTENCES) for _ in range(size(rng, 12))).split(" ")
    for _ in range(size(rng, 30) if kind < 0.7 else 0):
        mark = rng.choice(rng.choice((INVISIBLE, SPACES, CURIOUS)))
        where = rng.randrange(len(words))
        is_short = len(words[where]) < 100  # else the same word could grow without end
        words[where] = (
            mark.join(words[where]) if is_short and rng.random() < 0.3 else words[where] + mark * size(rng, 50)
        )
    return " ".join(words)[:top]


def odd_name(rng: Random) -> str:
    """
    What may stand where an author's name is due.
    """
    names = ("Ann Lee", "By Ann Lee and Bo Ek", "Von Ann Lee, dpa", "AFP", "admin", "ann@example.org",
    "https://x.example/ann",
             "@ann", "Ann Lee, Bo Ek & Cy Ho | Reuters", "李安", "Анна Ли", "Ann-Marie O’Neill-d'Arc", "by",
             "Ann  \n Lee",
             ", ".join(["Ann Lee"] * 300), " and ".join("ABCDEFGH"), "A" * 2000,
             "Ann " * 500, odd_text(rng, 300))  # fmt: skip
    return rng.choice(names)


def odd_json(rng: Random, depth: int = 4) -> Json:
    """
    Any value where schema.org expects another.
    """
    kind = rng.random()
    if kind < 0.35 or depth == 0:
        return rng.choice((rng.choice(SCALARS), odd_text(rng), odd_name(rng), rng.choice(DATES), rng.choice(URLS)))
    if kind < 0.6:
        return [odd_json(rng, depth - 1) for _ in range(rng.randrange(5))]
    return {rng.choice(FIELDS): odd_json(rng, depth - 1) for _ in range(rng.randrange(6))}


def _article(rng: Random) -> dict[str, Json]:
    node: dict[str, Json] = {
        "@context": "https://schema.org",
        "@type": rng.choice(TYPES[:6]),
        "@id": rng.choice(("#a", "#b", 1, "https://news.example.org/dam#article")),
        "headline": odd_text(rng, 200),
        "articleBody": "\n".join(odd_text(rng) for _ in range(size(rng, 8))),
        "author": {"@type": "Person", "name": odd_name(rng), "url": rng.choice(URLS)},
        "datePublished": rng.choice(DATES),
        "mainEntityOfPage": {"@id": rng.choice(URLS)},
    }
    for _ in range(rng.randrange(8)):
        node[rng.choice(FIELDS)] = odd_json(rng)
    return node


def _cyclic(rng: Random) -> Json:
    nodes = [_article(rng) | {"@id": f"#{index}", "author": {"@id": f"#{(index + 1) % 3}"}} for index in range(3)]
    nodes[0]["isPartOf"] = nodes[0]["publisher"] = {"@id": "#0"}
    nodes[2] |= {"name": {"@id": "#2"}, "@type": "Person"}
    return {"@context": "https://schema.org", "@graph": nodes, "@id": "#0"}


def _wide(rng: Random) -> Json:
    return {
        "@graph": [_article(rng)] + [{"@type": "Thing", "@id": f"#{n}", "name": {}} for n in range(size(rng, 20000))]
    }


def _large(rng: Random) -> Json:
    unit = rng.choice(
        ("word ", "a", "<p>x</p>", "&amp;", "\n", "<", "A. ", "字", "http://", "<b>", "By Ann Lee ", "\u2028", "//")
    )
    return _article(rng) | {rng.choice(FIELDS): unit * (size(rng, 1 << 20) // len(unit))}


def _deep(rng: Random) -> str:
    opening, closing = rng.choice((("[", "]"), ('{"a":', "}"), ('{"@graph":[', "]}"), ('{"author":[{"name":', "}]}")))
    levels = size(rng, 60_000)
    return opening * levels + "0" + closing * (levels if rng.random() < 0.7 else 0)


def odd_linked_data(rng: Random) -> str:
    """
    The text of a JSON-LD script: an odd shape, sometimes damaged as text too.
    """
    kind = rng.random()
    if kind < 0.08:
        return _deep(rng)
    shape = (
        _cyclic(rng) if kind < 0.2
        else _wide(rng) if kind < 0.24
        else _large(rng) if kind < 0.34
        else odd_json(rng) if kind < 0.5
        else [[_article(rng)], [[_article(rng)]]] if kind < 0.6
        else _article(rng)
    )  # fmt: skip
    text = json.dumps(shape, ensure_ascii=rng.random() < 0.5 or _has_surrogates(shape))
    return _damaged(rng, text) if rng.random() < 0.35 else text


def _has_surrogates(shape: Json) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in json.dumps(shape, ensure_ascii=False))


def _damaged(rng: Random, text: str) -> str:
    where = rng.randrange(len(text) + 1)
    return rng.choice((
        text[:where], text[:where] + "/*" * size(rng, 50_000) + text[where:], "<!--\n" + text + "\n-->", text + ";" * 9,
        "<![CDATA[" + text + "]]>", text.replace(",", ",,", 3), text.replace('"', "'"), text.replace('"', "&quot;"),
        text.replace("}", ",}"), text[:where] + "\n\t\x00" + text[where:], "var x = " + text, text + text,
        "\ufeff" + text,
        text[:where] + "," * size(rng, 100_000) + text[where:], text[:where] + " " * size(rng, 300_000) + text[where:],
        '{"wordCount": ' + "9" * size(rng, 20_000) + "," + text[1:],
        '{"wordCount": NaN,' + text[1:], text.replace("\\n", "\n"),
        text.replace("a", "\\ud800", 5), '{"x": -Infinity, "y": 1e999,' + text[1:], text.replace("</", "<\\/"),
    ))  # fmt: skip
