"""
The standfirst: the few sentences between the headline and the text, which pages also state as their description.

A description made for search engines is not the article's own. So of several, the one that readers see is taken, and as
they see it: statements are often cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from schemas.parts import Hints, Provenance
from services.cleaner.body.extract import fragment_text
from services.cleaner.lines import fold, tidy
from services.cleaner.page.linked_data import text_of
from services.cleaner.page.signals import Signals
from services.cleaner.page.survey import above_heading, is_apart

MAX_CHARS = 2000
MIN_SEEN_CHARS = 30
MAX_SEEN_CHARS = 900
MAX_LEADS = 30

SOURCES = ("json-ld", "meta", "feed")

_DOTS = re.compile(r"\s*(?:\.\.\.|…|\[…\]|\[\.\.\.\]|\[&hellip;\])\s*$")


def find_description(signals: Signals, hints: Hints) -> tuple[str | None, Provenance | None]:
    """
    The standfirst where the page shows what it states, else what is stated first; None where nothing is.
    """
    stated = [(source, text) for source, raw in _statements(signals, hints) if (text := _plain(raw))]
    seen = list(_seen(signals)) if stated else []
    for _, text in stated:
        start = fold(_DOTS.sub("", text))
        whole = next((lead for lead in seen if len(start) >= MIN_SEEN_CHARS and fold(lead).startswith(start)), None)
        if whole:
            return whole[:MAX_CHARS], Provenance(source="standfirst")
    return (stated[0][1][:MAX_CHARS], Provenance(source=stated[0][0])) if stated else (None, None)


def _statements(signals: Signals, hints: Hints) -> Iterator[tuple[str, str]]:
    stated = {
        "json-ld": text_of(signals.linked.first("description")),
        "meta": signals.meta_first("og:description", "description", "twitter:description"),
        "feed": hints.summary,
    }
    yield from ((source, text) for source in SOURCES if (text := stated[source]))


def _plain(text: str) -> str:
    return " ".join(fragment_text(text)) if "<" in text or "&" in text else text


def _seen(signals: Signals) -> Iterator[str]:
    article = above_heading(signals.marks)
    near = (node for node in signals.marks.leads if not is_apart(node.getparent(), article))
    for node in islice(near, MAX_LEADS):
        text = tidy("".join(node.itertext()))
        if MIN_SEEN_CHARS <= len(text) <= MAX_SEEN_CHARS:
            yield text
