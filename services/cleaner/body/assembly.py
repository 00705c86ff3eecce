"""
From judged blocks to the passages of an article, and how sure the judgement is.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from lxml.html import HtmlElement

from services.cleaner.body.blocks import TAG_IDS, Block, Frame, Media, read_page
from services.cleaner.body.classifier import Model, judge_blocks
from services.cleaner.body.layout import add_up, layout_of
from services.cleaner.body.pictures import pictures_of
from services.cleaner.body.spans import lines_of, text_of
from services.cleaner.document import Body, Kind, Line, Part, Passage

MIN_CHANCE = 450
"""Permille; a block that is as likely is taken."""

MIN_TABLE_CHANCE = 100
"""Permille; a table that is as likely is taken if a block right before or after it is. Of such tables of the labelled
pages, nine in ten are of the article."""

DOUBT = 30
"""Permille; blocks less likely than this do not count as possibly missed."""

MAX_BLOCKS = 8000
"""On a page with more blocks, each costs too much to judge."""

ITEM_BLOCKS = 3
"""An item of a list with more blocks is a story of its own: its blocks stay apart."""

MAX_CLOCK_CHARS = 40
MAX_LIST_DEPTH = 8
H1, H6, QUOTE = TAG_IDS["h1"], TAG_IDS["h6"], TAG_IDS["blockquote"]

_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
_LISTS = frozenset(("ul", "ol", "dl"))
_ITEM_IDS = frozenset(TAG_IDS[tag] for tag in ("li", "dd", "dt"))
_CELL_IDS = frozenset(TAG_IDS[tag] for tag in ("td", "th"))


@dataclass(frozen=True)
class Judged:
    """
    Attributes:
        blocks: All of the page, in order.
        media: Its images.
        chances: For each block, in permille, that it is of the article.
        taken: For each block, is it taken?
        surety: The F1, in permille of characters, that the classifier expects of its choice.
    """

    blocks: Sequence[Block]
    media: Sequence[Media]
    chances: Sequence[int]
    taken: Sequence[bool]
    surety: int


@dataclass(frozen=True)
class _Place:
    """
    Where a block goes: blocks of one group are one passage, those of one line one line of it.
    """

    group: int
    line: int
    kind: Kind = "paragraph"
    item: Frame | None = None


def judge_page(tree: HtmlElement, model: Model) -> Judged:
    """
    Find the article on a page.
    """
    blocks, media = read_page(tree)
    if len(blocks) > MAX_BLOCKS:
        add_up(blocks)
        taken = [block.link_chars * 2 < len(block.text) for block in blocks]
        return Judged(blocks, media, [1000 * is_taken for is_taken in taken], taken, 1000)
    if not blocks:
        return Judged(blocks, media, (), (), 0)
    chances = _tables_whole(blocks, judge_blocks(tree, blocks, layout_of(blocks, media), model))
    taken = _without_clocks(blocks, [chance >= MIN_CHANCE for chance in chances])
    return Judged(blocks, media, chances, taken, _surety(blocks, chances))


def body_of(judged: Judged, base: str) -> Body:
    """
    What is taken of a page, as passages and pictures: the items of a list, and the rows of a table, together.

    Args:
        judged: The page.
        base: URL that its links are relative to.
    """
    placed = [
        (index, _place(block.frame, index), block)
        for index, (block, is_taken) in enumerate(zip(judged.blocks, judged.taken, strict=True))
        if is_taken
    ]
    pictures = deque(pictures_of(judged.blocks, judged.taken, judged.media, base))
    body: list[Part] = []
    for _, group in groupby(placed, key=lambda entry: entry[1].group):
        members = list(group)
        while pictures and pictures[0][0] <= members[0][0]:
            body.append(pictures.popleft()[1])
        body.append(_passage([(place, block) for _, place, block in members], base))
    return (*body, *(picture for _, picture in pictures))


def _passage(members: Sequence[tuple[_Place, Block]], base: str) -> Passage:
    place, first = members[0]
    if place.kind != "paragraph":
        return Passage(tuple(_lines(members, base)), place.kind)
    kind = _kind(first.frame)
    level = first.frame.tag - H1 + 1 if kind == "heading" else 0
    return Passage(tuple([Line((text,)) for text in lines_of(first, base)]), kind, level)


def _lines(members: Sequence[tuple[_Place, Block]], base: str) -> Iterator[Line]:
    """
    The lines of a list or a table.
    """
    item: Frame | None = None
    counts: Counter[int] = Counter()
    for _, parts in groupby(members, key=lambda pair: pair[0].line):
        row = list(parts)
        place, block = row[0]
        if place.kind == "table":
            yield Line(tuple(text_of(cell, base) for _, cell in row))
            continue
        for text in lines_of(block, base):
            is_new = place.item is not None and place.item is not item
            item = place.item
            yield Line((text,), _depth(item), _number(item, counts) if item is not None and is_new else None)


def _kind(frame: Frame) -> Kind:
    if H1 <= frame.tag <= H6:
        return "heading"
    here: Frame | None = frame
    for _ in range(4):
        if here is None:
            break
        if here.tag == QUOTE:
            return "quote"
        here = here.parent
    return "paragraph"


def _depth(item: Frame | None) -> int:
    """
    In how many other items is an item?
    """
    depth = 0
    here = item.parent if item is not None else None
    while here is not None:
        depth += here.tag in _ITEM_IDS
        here = here.parent
    return min(depth, MAX_LIST_DEPTH)


def _number(item: Frame, counts: Counter[int]) -> int:
    above = item.parent
    if above is None or above.node.tag != "ol":
        return 0
    counts[id(above)] += 1
    return counts[id(above)]


def _without_clocks(blocks: Sequence[Block], taken: Sequence[bool]) -> list[bool]:
    """
    A short line with a time of day above the first paragraph is the date of publication, whatever its language.
    """
    chosen = [index for index, is_taken in enumerate(taken) if is_taken]
    first = next((index for index in chosen if blocks[index].is_prose), chosen[0] if chosen else 0)
    kept = list(taken)
    for index in chosen:
        text = blocks[index].text
        if index < first and len(text) <= MAX_CLOCK_CHARS and _CLOCK.search(text):
            kept[index] = False
    return kept


def _place(frame: Frame, index: int) -> _Place:
    parent = frame.parent
    if frame.tag in _CELL_IDS or (parent is not None and parent.tag in _CELL_IDS and parent.blocks == 1):
        return _cell(frame, index)
    here: Frame | None = frame
    for _ in range(3):
        if here is None:
            break
        if here.tag in _ITEM_IDS:
            if here is not frame and here.blocks > ITEM_BLOCKS:
                break
            return _Place(id(_outermost_list(here)), index, "list", here)
        here = here.parent
    return _Place(-index - 1, index)


def _outermost_list(item: Frame) -> Frame:
    """
    A list in a list's item is part of it.
    """
    top = here = item
    while here.parent is not None and (here.parent.tag in _ITEM_IDS or here.parent.node.tag in _LISTS):
        here = here.parent
        if here.node.tag in _LISTS:
            top = here
    return top


def _cell(frame: Frame, index: int) -> _Place:
    row = table = None
    here = frame.parent
    while here is not None and table is None:
        if here.node.tag == "tr" and row is None:
            row = here
        if here.node.tag == "table":
            table = here
        here = here.parent
    if row is None or table is None or any(cell.tag in _CELL_IDS and cell.blocks > 2 for cell in _up_to(frame, row)):
        return _Place(-index - 1, index)
    return _Place(id(table), id(row), "table")


def _up_to(frame: Frame, top: Frame) -> list[Frame]:
    found = []
    here: Frame | None = frame
    while here is not None and here is not top:
        found.append(here)
        here = here.parent
    return found


def _tables_whole(blocks: Sequence[Block], chances: Sequence[int]) -> list[int]:
    """
    A table is taken whole or not at all; and next to what is taken, it is unless that is very unlikely.
    """
    tables: dict[int, list[int]] = {}
    for index, frame in enumerate([block.frame for block in blocks]):
        is_near = frame.tag in _CELL_IDS or (frame.parent is not None and frame.parent.tag in _CELL_IDS)
        if is_near and (place := _place(frame, index)).kind == "table":
            tables.setdefault(place.group, []).append(index)
    found = list(chances)
    for cells in tables.values():
        sizes = [len(blocks[index].text) for index in cells]
        mean = sum(chances[index] * size for index, size in zip(cells, sizes, strict=True)) // sum(sizes)
        beside = [*chances[max(0, cells[0] - 1) : cells[0]], *chances[cells[-1] + 1 : cells[-1] + 2]]
        if mean >= MIN_TABLE_CHANCE and max(beside, default=0) >= MIN_CHANCE:
            mean = max(mean, MIN_CHANCE)
        for index in cells:
            found[index] = mean
    return found


def _surety(blocks: Sequence[Block], chances: Sequence[int]) -> int:
    taken = right = possible = 0
    for block, chance in zip(blocks, chances, strict=True):
        size = len(block.text)
        if chance >= MIN_CHANCE:
            taken += 1000 * size
            right += chance * size
        if chance >= DOUBT:
            possible += chance * size
    return 2000 * right // (taken + possible) if taken else 0
