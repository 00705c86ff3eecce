"""
What is known of each block of a page, as whole numbers: how its text is built, where it stands, what stands around it,
and what its elements call themselves. No word of a page is among them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from services.cleaner.blocks import TAG_IDS, Block
from services.cleaner.lines import fold
from services.cleaner.places import (
    CONTAINER_NAMES,
    PATH_NAMES,
    add_up,
    best_frame,
    chain_values,
    levels_to,
    path_values,
)

MAX_FOLDED_CHARS = 400
"""Longer blocks are compared as they are."""

MIN_STATED_CHARS = 200
"""A shorter `articleBody` in JSON-LD is a summary."""

_ENDS = re.compile(r"[.!?…。！？؟।](?=\s|$|['\"”’»)])|[。！？]")
_COMMAS = re.compile(r"[,;、،，]")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORDS = re.compile(r"\w+")
_STATED = re.compile(r'"articleBody"\s*:\s*("(?:[^"\\]|\\.)*")')
_H1, _H6 = TAG_IDS["h1"], TAG_IDS["h6"]
_OFFSETS = (-2, -1, 1, 2)

OWN_NAMES = (
    "chars", "words", "link_share", "links", "ends", "commas", "final", "first", "upper", "digits", "word_chars",
    "bold_share", "breaks", "lines", "bars", "signs", "colons", "clock", "quotes", "title_case", "chars_per_end",
)  # fmt: skip
NAMES = (
    *OWN_NAMES, *PATH_NAMES, *CONTAINER_NAMES,
    "is_title", "is_description", "in_body", "to_best", "best_off",
    "index", "index_share", "chars_before", "prose_before", "count", "total", "prose", "after_h1", "after_prose",
    "before_end", "since_heading", "heading_level", "times", "look_count", "look_share", "look_chars", "look_links",
    *(f"near{offset}_{name}" for offset in _OFFSETS for name in ("chars", "links", "tag", "final", "same", "ends")),
)  # fmt: skip
"""The columns of a row."""


@dataclass(frozen=True)
class _Stated:
    """
    The title, the description and the body that a page states for machines, folded.
    """

    title: str
    description: str
    body: str


def page_features(tree: HtmlElement, blocks: Sequence[Block]) -> list[list[int]]:
    """
    What is known of each block of a page: a row of `NAMES` for each. Sums up the frames of the blocks on the way.
    """
    if not blocks:
        return []
    add_up(blocks)
    own = [_own_values(block) for block in blocks]
    columns = (own, _tree_values(blocks), _stated_values(tree, blocks), _page_values(blocks))
    rows = [[value for part in parts for value in part] for parts in zip(*columns, strict=True)]
    for index, row in enumerate(rows):
        for offset in _OFFSETS:
            row.extend(_near_values(blocks, own, index, index + offset))
    return rows


def _own_values(block: Block) -> list[int]:
    text = block.text
    size = len(text)
    words = text.split()
    ends = len(_ENDS.findall(text))
    start = text[:200]
    return [
        size,
        len(words),
        1000 * block.link_chars // size,
        block.links,
        ends,
        len(_COMMAS.findall(text)),
        _final(block),
        _first(text[0]),
        1000 * sum(map(str.isupper, start)) // len(start),
        1000 * sum(map(str.isdigit, start)) // len(start),
        10 * size // max(1, len(words)),
        1000 * block.bold_chars // size,
        block.breaks,
        text.count("\n"),
        text.count("|") + text.count("•") + text.count("·"),
        ("@" in text) + 2 * ("©" in text) + 4 * ("://" in text or "www." in text),
        text.count(":"),
        bool(_CLOCK.search(text)) + 2 * bool(_YEAR.search(text)) if size < 160 else 0,
        sum(map(text.count, '"“”„«»')),
        sum(map(str.istitle, words[:12])) * 1000 // min(12, len(words)),
        size // max(1, ends),
    ]


def _final(block: Block) -> int:
    if block.is_sentence:
        return 1
    last = block.text[-1]
    return 2 if last in ":;" else 3 if last in "»>→›|" else 0


def _first(first: str) -> int:
    kinds = (first.isupper(), first.islower(), first.isdigit(), first in "\"'“„«‘", first in "-–—•·*")
    return next((kind for kind, is_so in enumerate(kinds, 1) if is_so), 0)


def _tree_values(blocks: Sequence[Block]) -> list[list[int]]:
    total = sum(len(block.text) for block in blocks)
    prose = sum(len(block.text) for block in blocks if block.is_prose)
    paths: dict[tuple[int, int], list[int]] = {}
    chains: dict[int, list[int]] = {}
    rows = []
    for block in blocks:
        frame = block.frame
        key = id(frame)
        if key not in chains:
            chains[key] = chain_values(frame, total, prose)
        if (key, block.marks) not in paths:
            paths[key, block.marks] = path_values(frame, block.marks)
        rows.append(paths[key, block.marks] + chains[key])
    return rows


def _stated_values(tree: HtmlElement, blocks: Sequence[Block]) -> list[list[int]]:
    """
    What the page says about itself, found again; and where the block is from the element with the most prose.
    """
    stated = _read_stated(tree)
    best = best_frame(blocks)
    rows = []
    for block in blocks:
        folded = _folded(block)
        is_title = is_description = 0
        if stated.title and len(folded) > 8:
            is_title = 2 * (folded == stated.title) or int(folded in stated.title or stated.title in folded)
        if stated.description and len(folded) > 20:
            is_start = folded in stated.description or folded[:80] == stated.description[:80]
            is_description = 2 * (folded == stated.description) or int(is_start)
        in_body = int(_squeeze(block.text) in stated.body) if stated.body else -1
        rows.append([is_title, is_description, in_body, *levels_to(block.frame, best)])
    return rows


def _read_stated(tree: HtmlElement) -> _Stated:
    title = description = body = ""
    for node in tree.iter("meta"):
        name = (node.get("property") or node.get("name") or "").lower()
        if name == "og:title":
            title = title or node.get("content") or ""
        elif name in {"og:description", "description"}:
            description = description or node.get("content") or ""
    title = title or next((node.text or "" for node in tree.iter("title")), "")
    for node in tree.iter("script"):
        is_linked = "ld+json" in (node.get("type") or "") and '"articleBody"' in (node.text or "")
        match = _STATED.search(node.text) if is_linked else None
        if match:
            body = _unquoted(match.group(1))
    body = _squeeze(re.sub(r"<[^>]{0,200}>", " ", body))
    return _Stated(fold(title), fold(description), body if len(body) > MIN_STATED_CHARS else "")


def _unquoted(value: str) -> str:
    try:
        return str(json.loads(value, strict=False))
    except ValueError:
        return ""


def _squeeze(text: str) -> str:
    return "".join(_WORDS.findall(text.casefold()))


def _folded(block: Block) -> str:
    return fold(block.text) if len(block.text) < MAX_FOLDED_CHARS else block.text


def _page_values(blocks: Sequence[Block]) -> list[list[int]]:
    """
    Where the block is on the page, how often its text is there, and how many blocks look like it.
    """
    count = len(blocks)
    folded = [_folded(block) for block in blocks]
    times = Counter(folded)
    total = sum(len(block.text) for block in blocks)
    prose = sum(len(block.text) for block in blocks if block.is_prose)
    looks = _look_values(blocks, total)
    title = next((index for index, block in enumerate(blocks) if block.frame.tag == _H1), -1)
    first, last = _prose_bounds(blocks)
    rows = []
    before = prose_before = level = 0
    since = 99
    for index, block in enumerate(blocks):
        row = [index, 1000 * index // count, 1000 * before // total, 1000 * prose_before // max(1, prose)]
        row += [count, total, prose, min(max(index - title, -50), 200) if title >= 0 else -99]
        row += [index - first, last - index, since, level, times[folded[index]], *looks[block.frame.look]]
        rows.append(row)
        before += len(block.text)
        prose_before += len(block.text) if block.is_prose else 0
        since = min(since + 1, 99)
        if _H1 <= block.frame.tag <= _H6:
            since, level = 0, block.frame.tag - _H1 + 1
    return rows


def _look_values(blocks: Sequence[Block], total: int) -> dict[int, list[int]]:
    sums: dict[int, list[int]] = {}
    for block in blocks:
        entry = sums.setdefault(block.frame.look, [0, 0, 0])
        entry[0] += 1
        entry[1] += len(block.text)
        entry[2] += block.link_chars
    return {
        look: [count, 1000 * chars // total, chars // count, 1000 * links // max(1, chars)]
        for look, (count, chars, links) in sums.items()
    }


def _prose_bounds(blocks: Sequence[Block]) -> tuple[int, int]:
    """
    The first and the last block of prose in the element with the most prose.
    """
    best = best_frame(blocks)
    inside = [at for at, block in enumerate(blocks) if block.is_prose and levels_to(block.frame, best)[1] == 0]
    return (inside[0], inside[-1]) if inside else (0, len(blocks) - 1)


def _near_values(blocks: Sequence[Block], own: Sequence[list[int]], index: int, at: int) -> list[int]:
    """
    Size, link share, tag, end and sentences of a neighbour, and how much of its place it shares.
    """
    if not 0 <= at < len(blocks):
        return [-1, -1, -1, -1, -1, -1]
    here, there = blocks[index].frame, blocks[at].frame
    same = 3 if here is there else 0 if here.parent is not there.parent else 2 if here.look == there.look else 1
    values = own[at]
    return [values[0], values[2], there.tag, values[6], same, values[4]]
