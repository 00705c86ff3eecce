"""
From judged blocks to the paragraphs of an article, and how sure the judgement is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from lxml.html import HtmlElement

from services.cleaner.blocks import Block, Frame, read_blocks
from services.cleaner.classifier import Model, judge_blocks

MIN_CHANCE = 450
"""Permille; a block that is as likely is taken."""

DOUBT = 30
"""Permille; blocks less likely than this do not count as possibly missed."""

MAX_BLOCKS = 8000
"""On a page with more blocks, each costs too much to judge."""

ITEM_BLOCKS = 3
"""An item of a list with more blocks is a story of its own: its blocks stay apart."""

MAX_CLOCK_CHARS = 40

_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
_LISTS = frozenset(("ul", "ol", "dl"))
_ITEMS = frozenset(("li", "dd", "dt"))
_CELLS = frozenset(("td", "th"))


@dataclass(frozen=True)
class Judged:
    """
    Attributes:
        paragraphs: A list, and a table, is one paragraph of several lines.
        surety: The F1, in permille of characters, that the classifier expects of its choice.
    """

    paragraphs: tuple[str, ...]
    surety: int


@dataclass(frozen=True)
class _Place:
    """
    Where a block goes: blocks of one group are one paragraph, those of one line one line of it.
    """

    group: int
    line: int
    is_cell: bool = False


def judge_page(tree: HtmlElement, model: Model) -> Judged:
    """
    Find the article on a page.
    """
    blocks = read_blocks(tree)
    if len(blocks) > MAX_BLOCKS:
        taken = [block for block in blocks if block.link_chars * 2 < len(block.text)]
        return Judged(tuple(paragraphs_of(taken)), 1000)
    chances = judge_blocks(tree, blocks, model)
    places = [_place(block.frame, index) for index, block in enumerate(blocks)]
    chances = _tables_whole(blocks, places, chances)
    taken = [block for block, chance in zip(blocks, chances, strict=True) if chance >= MIN_CHANCE]
    return Judged(tuple(paragraphs_of(_without_clocks(taken))), _surety(blocks, chances))


def paragraphs_of(blocks: Sequence[Block]) -> list[str]:
    """
    Blocks as paragraphs: the items of a list, and the rows of a table, together.
    """
    placed = [(_place(block.frame, index), block) for index, block in enumerate(blocks)]
    paragraphs = []
    for _, members in groupby(placed, key=lambda pair: pair[0].group):
        lines = []
        for _, parts in groupby(members, key=lambda pair: pair[0].line):
            row = list(parts)
            lines.append((" | " if row[0][0].is_cell else "\n").join(block.text for _, block in row))
        paragraphs.append("\n".join(lines))
    return paragraphs


def _without_clocks(blocks: Sequence[Block]) -> list[Block]:
    """
    A short line with a time of day above the first paragraph is the date of publication, whatever its language.
    """
    first = next((index for index, block in enumerate(blocks) if block.is_prose), 0)
    top = [block for block in blocks[:first] if len(block.text) > MAX_CLOCK_CHARS or not _CLOCK.search(block.text)]
    return [*top, *blocks[first:]]


def _place(frame: Frame, index: int) -> _Place:
    tag = frame.node.tag
    parent = frame.parent
    if tag in _CELLS or (parent is not None and parent.node.tag in _CELLS and parent.blocks == 1):
        return _cell(frame, index)
    here: Frame | None = frame
    for _ in range(3):
        if here is None:
            break
        if here.node.tag in _ITEMS:
            if here is not frame and here.blocks > ITEM_BLOCKS:
                break
            return _Place(id(_outermost_list(here)), index)
        here = here.parent
    return _Place(-index - 1, index)


def _outermost_list(item: Frame) -> Frame:
    """
    A list in a list's item is part of it.
    """
    top = here = item
    while here.parent is not None and here.parent.node.tag in _LISTS | _ITEMS:
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
    if row is None or table is None or any(cell.node.tag in _CELLS and cell.blocks > 2 for cell in _up_to(frame, row)):
        return _Place(-index - 1, index)
    return _Place(id(table), id(row), is_cell=True)


def _up_to(frame: Frame, top: Frame) -> list[Frame]:
    found = []
    here: Frame | None = frame
    while here is not None and here is not top:
        found.append(here)
        here = here.parent
    return found


def _tables_whole(blocks: Sequence[Block], places: Sequence[_Place], chances: Sequence[int]) -> list[int]:
    """
    A table is taken whole or not at all.
    """
    sums: dict[int, list[int]] = {}
    for block, place, chance in zip(blocks, places, chances, strict=True):
        if place.is_cell:
            entry = sums.setdefault(place.group, [0, 0])
            entry[0] += chance * len(block.text)
            entry[1] += len(block.text)
    return [
        sums[place.group][0] // sums[place.group][1] if place.is_cell else chance
        for place, chance in zip(places, chances, strict=True)
    ]


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
