"""
The accounts that a page and its feed give of an article's text, and what is made of them together.

In order of trust: the page's markup, where the classifier of its blocks is sure; JSON-LD; the state that the page
carries for its scripts; the feed. An account with far more of the text takes the place of one with little. Where the
markup stays, the others tell what in it is out of place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from services.cleaner.body.embedded import embedded_body, state_scripts
from services.cleaner.body.extract import MIN_SURETY, Found, fragment_body
from services.cleaner.document import Body, Cut, Passage, passage, passages, texts
from services.cleaner.page.linked_data import lines_of
from services.cleaner.page.signals import Signals

MIN_GAIN = 2.0
"""Another account is taken where it is so many times longer than what was found in the page's markup."""

NEARLY = 0.9
"""An account with paragraphs and as much of the text is better than one without."""

STAND_IN_CHARS = 200
"""An account with less stands in for no other."""

UNSURE_GAIN = 1.2
"""The same where the classifier is not sure and the other account holds most of what it found."""

MIN_AGREEMENT = 0.85
"""Share of the characters of the markup's passages that another account has, for it to tell what is out of place."""

SAME = 0.99
"""Share of a text of JSON-LD that the markup has to hold for the two to be one article, none of them cut."""

ENOUGH_CHARS = 700
"""A body of the page's markup with as much is no reason to read the state of its scripts."""

MAX_MARKED = 200
"""Elements that microdata mark; some pages mark each paragraph."""

MIN_KEY_CHARS = 20
"""A passage with fewer letters may stand anywhere."""

RULE = "other-account"
"""Of passages that another account of the same text leaves out."""

_LOST_BREAK = re.compile(r"(?<=[^\W\d_][^\W\d_][^\W\d_][.!?…])(?=[“„«\"]?[A-ZÀ-ÖØ-ÞА-Я](?:[^\W\d_A-ZА-Я]|\s))")
_MARKS = re.compile(r"\W+")


@dataclass(frozen=True)
class Accounts:
    """
    What a page and its feed hold besides the markup, gathered before the tree is changed.

    Attributes:
        linked: `articleBody` of its JSON-LD, or its updates.
        marked: Squeezed text of the elements that microdata mark as `articleBody`.
        scripts: Those that may hold the page's state, unread.
        feed: The full text that its feed holds.
        headlines: What the page calls itself.
        base: URL that links are relative to.
    """

    linked: str = ""
    marked: str = ""
    scripts: tuple[HtmlElement, ...] = ()
    feed: str = ""
    headlines: tuple[str, ...] = ()
    base: str = ""


def gather_accounts(tree: HtmlElement, signals: Signals, feed: str | None, headline: str | None) -> Accounts:
    """
    Look for the other accounts of a page.

    Args:
        tree: The page.
        signals: What it states.
        feed: The full text of its item in the feed.
        headline: What it is called.
    """
    return Accounts(
        linked=lines_of(signals.linked.first("articleBody")) or "",
        marked=_marked(signals.marks.items),
        scripts=state_scripts(tree),
        feed=feed or "",
        headlines=tuple(text for text in (headline, signals.meta_first("og:title"), signals.title) if text),
        base=signals.url,
    )


def best_account(found: Found, accounts: Accounts) -> tuple[Body, str]:
    """
    The best that can be made of all accounts, and where it comes from: html, json-ld, state or feed.

    Args:
        found: The article in the page's markup.
        accounts: The others.
    """
    best, source = found.body, "html"
    is_sure = found.surety * 1000 >= MIN_SURETY
    for name, other in _others(found, accounts):
        body = _with_breaks(other, best)
        if _is_better(body, best, is_sure=source != "html" or is_sure):
            best, source = body, name
    return (best, source) if source != "html" else (_corrected(best, accounts, is_sure=is_sure), source)


def _others(found: Found, accounts: Accounts) -> list[tuple[str, Body]]:
    size = _chars(found.body)
    least = NEARLY * size if len(texts(found.body)) == 1 else size
    linked = fragment_body(accounts.linked, accounts.base) if len(accounts.linked) > least else ()
    others = [("json-ld", linked)]
    if max(size, _chars(linked)) < ENOUGH_CHARS:
        state = embedded_body(accounts.scripts, accounts.headlines)
        others.append(("state", fragment_body(state, accounts.base) if state else ()))
    if len(accounts.feed) > size:
        others.append(("feed", fragment_body(accounts.feed, accounts.base)))
    return others


def _is_better(body: Body, best: Body, *, is_sure: bool) -> bool:
    size, other = _chars(best), _chars(body)
    if other > max(MIN_GAIN * size, STAND_IN_CHARS):
        return True
    if len(texts(best)) == 1 < len(texts(body)) and other > NEARLY * size:
        return True
    if is_sure or other <= UNSURE_GAIN * size:
        return False
    squeezed = _squeezed(texts(body))
    held = sum(len(part.text) for part in passages(best) if _squeeze(part.text) in squeezed)
    return held >= MIN_AGREEMENT * size


def _with_breaks(body: Body, known: Body) -> Body:
    """
    An account without paragraphs, cut where the markup's paragraphs end, and where a space is missing after a sentence.
    """
    found = texts(body)
    if len(found) != 1 or "\n" in found[0]:
        return body
    text, pieces = found[0], []
    for part in passages(known):
        at = text.find(part.text) if len(part.text) > 1 else -1
        if at >= 0:
            pieces += [text[:at], part.text]
            text = text[at + len(part.text) :]
    pieces = [line.strip() for piece in (*pieces, text) for line in _LOST_BREAK.split(piece)]
    return tuple(passage(piece) for piece in pieces if piece)


def _corrected(body: Body, accounts: Accounts, *, is_sure: bool) -> Body:
    """
    Without what an account of the same text leaves out: between its passages, and after the end of the marked element.
    """
    marked = accounts.marked
    if marked:
        keys = _keys(body)
        known = _known(keys, marked)
        held, total = sum(len(keys[index]) for index in known), sum(map(len, keys))
        is_end = 2 * held >= total or (not is_sure and len(marked) >= ENOUGH_CHARS)
        if held >= MIN_AGREEMENT * len(marked):
            body = _without_strangers(body, marked, is_whole=is_end)
    if len(accounts.linked) > MIN_AGREEMENT * _chars(body) / 2:
        linked = _squeezed(texts(fragment_body(accounts.linked, accounts.base)))
        keys = _keys(body)
        if sum(len(keys[index]) for index in _known(keys, linked)) >= SAME * len(linked):
            body = _without_strangers(body, linked, is_whole=False)
    return body


def _without_strangers(body: Body, account: str, *, is_whole: bool) -> Body:
    """
    Publishers' accounts lack the standfirst, subheadings, lists and tables; and some are cut at their end.

    Args:
        body: The markup's.
        account: Squeezed; all of it, or nearly so, is in the body.
        is_whole: Has it lists and tables too, and is nothing of the article behind its end?
    """
    keys = _keys(body)
    known = _known(keys, account)
    if not known:
        return body
    first, last = known[0], known[-1]
    if sum(len(keys[index]) for index in known) < MIN_AGREEMENT * sum(map(len, keys[first : last + 1])):
        return body
    return tuple(
        Cut(RULE, part.text)
        if isinstance(part, Passage)
        and index > first
        and ((index > last and is_whole) or (index < last and keys[index] not in account))
        and (is_whole or part.kind == "paragraph")
        else part
        for index, part in enumerate(body)
    )


def _keys(body: Body) -> list[str]:
    return [_squeeze(part.text) if isinstance(part, Passage) else "" for part in body]


def _known(keys: Sequence[str], account: str) -> list[int]:
    """
    The passages that an account has, in its order: what comes a second time is a copy.
    """
    found, at = [], 0
    for index, key in enumerate(keys):
        place = account.find(key, at) if len(key) >= MIN_KEY_CHARS else -1
        if place >= 0:
            found.append(index)
            at = place + len(key)
    return found


def _marked(items: Sequence[HtmlElement]) -> str:
    found = [node for node in items if "articleBody" in node.get("itemprop").split()]
    pieces = dict.fromkeys(_squeeze("".join(node.itertext())) for node in found[:MAX_MARKED])
    return "".join(piece for piece in pieces if not any(piece in other for other in pieces if piece is not other))


def _squeezed(found: Sequence[str]) -> str:
    return _squeeze("".join(found))


def _squeeze(text: str) -> str:
    return _MARKS.sub("", text).lower()


def _chars(body: Body) -> int:
    return sum(len(part.text) for part in passages(body))
