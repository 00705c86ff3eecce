"""
What is known of each block of a page, as whole numbers: how its text is built, where it stands, what stands around it,
and what its elements call themselves. No word of a page is among them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from lxml.html import HtmlElement

from services.cleaner.body.blocks import TAG_IDS, Block
from services.cleaner.body.layout import Claims, Ints, Layout, ints, sums
from services.cleaner.body.letters import LETTER_NAMES, letter_columns
from services.cleaner.body.places import (
    CONTAINER_NAMES,
    PATH_NAMES,
    best_columns,
    best_frame,
    container_columns,
    path_columns,
)
from services.cleaner.body.stated import STATED_NAMES, stated_columns

FAR = 99
"""Blocks; what is further is not near."""

_H1, _H6 = TAG_IDS["h1"], TAG_IDS["h6"]
_OFFSETS = (-3, -2, -1, 1, 2, 3)

OWN_NAMES = ("chars", "link_share", "links", "bold_share", "breaks", "images", *LETTER_NAMES)
PAGE_NAMES = (
    "index", "index_share", "chars_before", "prose_before", "count", "total", "prose", "after_h1", "after_prose",
    "before_end", "since_heading", "heading_level", "since_prose", "until_prose", "times", "look_count", "look_share",
    "look_chars", "look_links", "look_prose",
)  # fmt: skip
NEAR_NAMES = ("chars", "links", "tag", "final", "same", "ends")
NAMES = (
    *OWN_NAMES, *PATH_NAMES, *CONTAINER_NAMES, "to_best", "best_off", *STATED_NAMES, *PAGE_NAMES,
    *(f"near{offset}_{name}" for offset in _OFFSETS for name in NEAR_NAMES),
)  # fmt: skip
"""The columns."""


def page_features(tree: HtmlElement, blocks: Sequence[Block], layout: Layout) -> Ints:
    """
    What is known of each block of a page: a row for each of `NAMES`, and a column for each block.
    """
    own = _own_columns(blocks, layout)
    best = best_frame(layout)
    columns = [*own, *path_columns(layout), *container_columns(layout), *best_columns(layout, best)]
    columns += [*stated_columns(tree, blocks), *_page_columns(layout, best), *_near_columns(layout, own)]
    return np.array(columns, dtype=np.int64)


def _own_columns(blocks: Sequence[Block], layout: Layout) -> list[Ints]:
    size = layout.size
    return [
        size,
        1000 * layout.linked // size,
        layout.links,
        1000 * ints([block.bold_chars for block in blocks]) // size,
        ints([block.breaks for block in blocks]),
        layout.images,
        *letter_columns([block.text for block in blocks]),
    ]


def _page_columns(layout: Layout, best: int) -> list[Ints]:
    """
    Where the block is on the page, how often its text is there, and how many blocks look like it.
    """
    count = len(layout)
    at = np.arange(count)
    size, prose = sums(layout.size), sums(layout.prose)
    tag = layout.frames.tag[layout.frame]
    titles = np.flatnonzero(tag == _H1)
    first, last = _prose_bounds(layout, best)
    is_heading = (tag >= _H1) & (tag <= _H6)
    heading = last_before(is_heading)
    level = np.where(heading >= 0, tag[heading] - _H1 + 1, 0)
    one = np.ones(count, dtype=np.int64)
    return [
        at,
        1000 * at // count,
        1000 * size[:-1] // size[-1],
        1000 * prose[:-1] // max(1, prose[-1]),
        count * one,
        size[-1] * one,
        prose[-1] * one,
        np.clip(at - titles[0], -50, 200) if len(titles) else -99 * one,
        at - first,
        last - at,
        distance(at, heading),
        level,
        distance(at, last_before(layout.prose > 0)),
        distance(at, last_before((layout.prose > 0)[::-1]))[::-1],
        np.bincount(layout.twin)[layout.twin],
        *_look_columns(layout),
    ]


def last_before(is_so: Claims) -> Ints:
    """
    For each block the number of the last one before it of which something is true, or -1.
    """
    at = np.where(is_so, np.arange(len(is_so)), -1)
    return np.concatenate([[-1], np.maximum.accumulate(at)[:-1]])


def distance(at: Ints, before: Ints) -> Ints:
    """
    Blocks between one and an earlier one.
    """
    return np.where(before >= 0, np.minimum(at - before - 1, FAR), FAR)


def _look_columns(layout: Layout) -> list[Ints]:
    look = layout.look
    sums_of = np.zeros((3, int(look.max()) + 1), dtype=np.int64)
    for row, values in enumerate((layout.size, layout.linked, layout.prose)):
        np.add.at(sums_of[row], look, values)
    count = np.bincount(look)[look]
    chars, linked, prose = sums_of[:, look]
    return [
        count,
        1000 * chars // int(layout.size.sum()),
        chars // count,
        1000 * linked // chars,
        1000 * prose // chars,
    ]


def _prose_bounds(layout: Layout, best: int) -> tuple[int, int]:
    """
    The first and the last block of prose in the element with the most prose.
    """
    start, end = int(layout.frames.start[best]), int(layout.frames.end[best])
    inside = np.flatnonzero(layout.prose[start:end])
    return (start + int(inside[0]), start + int(inside[-1])) if len(inside) else (0, len(layout) - 1)


def _near_columns(layout: Layout, own: Sequence[Ints]) -> list[Ints]:
    """
    Size, link share, tag, end and sentences of the neighbours, and how much of a block's place they share.
    """
    by_name = dict(zip(OWN_NAMES, own, strict=True))
    frame = layout.frame
    parent = np.where(frame > 0, layout.frames.parent[frame], -1)
    tag = layout.frames.tag[frame]
    found: list[Ints] = []
    for offset in _OFFSETS:
        is_alike = _shifted(layout.look, offset) == layout.look
        same = np.where(is_alike, 2, 1)
        same = np.where(_shifted(parent, offset) == parent, same, 0)
        same = np.where(_shifted(frame, offset) == frame, 3, same)
        values = (by_name["chars"], by_name["link_share"], tag, by_name["final"])
        found += [_shifted(value, offset) for value in values]
        found += [_cut(same, offset), _shifted(by_name["ends"], offset)]
    return found


def _shifted(values: Ints, offset: int) -> Ints:
    """
    The values of the blocks so far on; -1 beyond the page's ends.
    """
    found = np.full(len(values), -1, dtype=np.int64)
    if offset < 0:
        found[-offset:] = values[:offset]
    else:
        found[:-offset] = values[offset:]
    return found


def _cut(values: Ints, offset: int) -> Ints:
    found = values.copy()
    if offset < 0:
        found[:-offset] = -1
    else:
        found[-offset:] = -1
    return found
