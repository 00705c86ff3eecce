"""
The state that a page carries for its own scripts, as JSON: where a script draws the page, the article's text is in it.

No site's own schema is known here: a body is a long prose text, or a row of paragraphs, under a name that says so, in
an object that is also called what the page is called.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml.html import HtmlElement

from services.cleaner.lines import fold

MAX_CHARS = 3_000_000
"""Of all scripts of a page that are read."""

MAX_VALUES = 60_000
MAX_DEPTH = 60
MIN_CHARS = 250
"""A shorter text is a teaser."""

MIN_LIKENESS = 0.5
"""Share of the words of the shorter of two headlines that are in the other."""

TITLES = ("headline", "title", "name", "heading")
BODIES = frozenset(
    ("articlebody", "body", "content", "contents", "text", "html", "paragraphs", "bodyhtml", "bodytext", "contenthtml",
     "articletext", "fulltext", "storybody", "articlecontent", "maincontent", "elements", "blocks", "richtext", "copy",
     "rendered", "contentbody", "bodycontent", "storytext", "components", "document", "bodyparagraphs", "sections")
)  # fmt: skip
_SKIPPED = frozenset(
    ("url", "href", "src", "id", "type", "class", "classname", "slug", "caption", "alt", "credit", "related",
     "comments", "author", "authors", "tags", "image", "images", "seo", "meta", "metadata", "breadcrumbs",
     "recommendations")
)  # fmt: skip
_ASSIGNED = re.compile(
    r"(?:window|self|globalThis|var|let|const)[\s.\[\"']+[\w$.]+[\"'\]]*\s*=\s*(?:JSON\.parse\(\s*)?"
)
_JSON_TYPE = re.compile(r"^application/(?!ld\+)(?:[\w.-]+\+)?json", re.IGNORECASE)
_CODE = re.compile(r"function\s*\(|=>|\{\s*\"|;\s*\}|[{};]\s*[\w.#-]+\s*\{|</?script", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_SENTENCE = re.compile(r"[^\W\d_]{2,}[\"'”’»)]*[.!?…।؟]|[。！？]")


def state_scripts(tree: HtmlElement) -> tuple[HtmlElement, ...]:
    """
    The scripts of a page that may hold its state, unread.
    """
    return tuple(node for node in tree.iter("script") if not (kind := node.get("type")) or _JSON_TYPE.match(kind))


def embedded_body(scripts: Sequence[HtmlElement], headlines: Sequence[str]) -> str:
    """
    The text of the article in a page's state, may hold HTML; empty where there is none.

    Args:
        scripts: The scripts that may hold it.
        headlines: What the page calls itself; a body has to be of an object that is called alike, if there are any.
    """
    names = [words for words in map(_words, headlines) if words]
    found = [text for state in _states(scripts) for text in _bodies(state, names)]
    return max(found, key=lambda text: len(_TAG.sub("", text)), default="")


def _states(scripts: Sequence[HtmlElement]) -> Iterator[Any]:
    left = MAX_CHARS
    for node in scripts:
        text = node.text or ""
        left -= len(text)
        if left < 0:
            return
        if len(text) < MIN_CHARS:
            continue
        state = _loads(text) if node.get("type") else _assigned(text)
        if state is not None:
            yield state


def _loads(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _assigned(script: str) -> Any:
    """
    The largest value that a script assigns to a name.
    """
    decoder = json.JSONDecoder(strict=False)
    best, size, at = None, 0, 0
    for match in _ASSIGNED.finditer(script):
        if match.end() < at or script[match.end() : match.end() + 1] not in {"{", "[", '"'}:
            continue
        try:
            value, at = decoder.raw_decode(script, match.end())
        except (ValueError, RecursionError):
            continue
        if at - match.end() > size:
            best, size = value, at - match.end()
    return _loads(best) if isinstance(best, str) else best


def _bodies(state: Any, names: Sequence[frozenset[str]]) -> Iterator[str]:
    """
    Bodies in objects that are called as the page is; an object inside of one that is called so need not be called so.
    """
    stack: list[tuple[Any, bool, int]] = [(state, False, 0)]
    seen = 0
    while stack and seen < MAX_VALUES:
        value, is_own, depth = stack.pop()
        seen += 1
        if depth > MAX_DEPTH:
            continue
        if isinstance(value, list):
            stack.extend((item, is_own, depth + 1) for item in reversed(value))
        elif isinstance(value, Mapping):
            title = _title(value)
            is_own = _is_called(title, names) if title else is_own
            if is_own:
                yield from filter(_is_prose, (_text(value[key]) for key in value if fold(key) in BODIES))
            stack.extend((item, is_own, depth + 1) for item in reversed(list(value.values())))


def _title(node: Mapping[str, Any]) -> str:
    for name in TITLES:
        value = node.get(name)
        if isinstance(value, Mapping):
            value = value.get("rendered") or value.get("text") or value.get("basic")
        if isinstance(value, str) and value:
            return value
    return ""


def _is_called(title: str, names: Sequence[frozenset[str]]) -> bool:
    words = _words(title)
    if not names:
        return len(words) > 2
    return any(
        len(words & name) >= MIN_LIKENESS * min(len(words), len(name)) and len(words & name) > 1 for name in names
    )


def _words(text: str) -> frozenset[str]:
    folded = fold(_TAG.sub(" ", text))
    words = re.findall(r"\w+", folded)
    is_spaced = len(words) > 2 or folded.isascii()
    return frozenset(words if is_spaced else (folded[at : at + 2] for at in range(len(folded) - 1)))


def _text(value: Any, depth: int = 0) -> str:
    """
    All text of a value, a paragraph a line.
    """
    if isinstance(value, str):
        return value
    if depth > MAX_DEPTH:
        return ""
    if isinstance(value, list):
        return "\n".join(text for item in value if (text := _text(item, depth + 1)))
    if isinstance(value, Mapping):
        inner = (item for key, item in value.items() if fold(key) not in _SKIPPED)
        parts = [text for item in inner if (text := _text(item, depth + 1))]
        return "\n".join(part for part in parts if " " in part or not part.isascii())
    return ""


def _is_prose(text: str) -> bool:
    bare = _TAG.sub("", text)
    return len(bare) >= MIN_CHARS and not _CODE.search(bare) and len(_SENTENCE.findall(bare)) * 400 >= len(bare)
