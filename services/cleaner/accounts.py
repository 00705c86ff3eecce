"""
The accounts that a page and its feed give of an article's text, and which of them is the best.
"""

from __future__ import annotations

from schemas.events import PageMeta
from services.cleaner.document import Body, passages, texts
from services.cleaner.extract import fragment_body
from services.cleaner.linked_data import lines_of
from services.cleaner.signals import Signals

MIN_GAIN = 2.0
"""Another account is taken where it is so many times longer than what was found in the page's markup."""


def best_account(found: Body, signals: Signals, page: PageMeta) -> tuple[Body, str]:
    """
    The markup's, unless the page's own JSON-LD, or the feed, has far more of it; and where it comes from.

    Args:
        found: The article in the page's markup.
        signals: What the page states.
        page: What came with it.
    """
    accounts = (
        ("json-ld", lines_of(signals.linked.first("articleBody"))),
        ("feed", page.hints.content),
    )
    best, source = found, "html"
    for name, text in accounts:
        body = fragment_body(text, page.url) if text else ()
        is_split = len(texts(best)) == 1 < len(texts(body)) and _chars(body) > 0.9 * _chars(best)
        if is_split or _chars(body) > MIN_GAIN * _chars(best):
            best, source = body, name
    return best, source


def _chars(body: Body) -> int:
    return sum(len(part.text) for part in passages(body))
