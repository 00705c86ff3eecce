"""
What is known of each block of a page, as whole numbers: how its text is built, where it stands, what stands around it,
and what its elements call themselves. No word of a page is among them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from lxml.html import HtmlElement

from services.cleaner.body.blocks import TAG_IDS, Block
from services.cleaner.body.layout import Claims, Ints, Layout, ints, sums_alike, table
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
_NEAR_ROWS = [OWN_NAMES.index(name) for name in ("chars", "link_share", "final", "ends")]
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
    return np.concatenate(
        [
            own,
            path_columns(layout),
            container_columns(layout),
            best_columns(layout, best),
            stated_columns(tree, blocks),
            _page_columns(layout, best),
            _look_columns(layout),
            _near_columns(layout, own),
        ]
    )


def _own_columns(blocks: Sequence[Block], layout: Layout) -> Ints:
    size = layout.size
    columns = [
        size,
        1000 * layout.linked // size,
        layout.links,
        1000 * ints([block.bold_chars for block in blocks]) // size,
        ints([block.breaks for block in blocks]),
        layout.images,
        *letter_columns([block.text for block in blocks]),
    ]
    return table(columns, len(layout))


def _page_columns(layout: Layout, best: int) -> Ints:
    """
    Where the block is on the page, and how often its text is there.
    """
    count = len(layout)
    at = np.arange(count)
    size, _, prose = layout.before
    tag = layout.frames.tag[layout.frame]
    titles = np.flatnonzero(tag == _H1)
    first, last = _prose_bounds(layout, best)
    is_heading, is_prose = (tag >= _H1) & (tag <= _H6), layout.prose > 0
    levels = np.append(0, tag[is_heading] - _H1 + 1)
    columns = [
        at,
        1000 * at // count,
        1000 * size[:-1] // size[-1],
        1000 * prose[:-1] // max(1, prose[-1]),
        count,
        size[-1],
        prose[-1],
        np.minimum(np.maximum(at - titles[0], -50), 200) if len(titles) else -99,
        at - first,
        last - at,
        since(is_heading),
        levels[np.cumsum(is_heading) - is_heading],
        since(is_prose),
        until(is_prose),
        np.bincount(layout.twin)[layout.twin],
    ]
    return table(columns, count)


def since(is_so: Claims) -> Ints:
    """
    For each block how many there are between it and the last one before it of which something is true.
    """
    at = np.arange(len(is_so))
    last = np.maximum.accumulate(np.where(is_so, at, -1 - FAR))
    found = np.full(len(is_so), FAR)
    np.minimum(at[:-1] - last[:-1], FAR, out=found[1:])
    return found


def until(is_so: Claims) -> Ints:
    """
    The same for the next one behind it.
    """
    return since(is_so[::-1])[::-1]


def _look_columns(layout: Layout) -> Ints:
    """
    How many blocks look like it, and what these hold.
    """
    look = layout.look
    count = np.bincount(look)[look]
    chars, linked, prose = sums_alike(look, np.array([layout.size, layout.linked, layout.prose]))
    return np.array(
        [count, 1000 * chars // layout.before[0, -1], chars // count, 1000 * linked // chars, 1000 * prose // chars]
    )


def _prose_bounds(layout: Layout, best: int) -> tuple[int, int]:
    """
    The first and the last block of prose in the element with the most prose.
    """
    start, end = int(layout.frames.start[best]), int(layout.frames.end[best])
    inside = np.flatnonzero(layout.prose[start:end])
    return (start + int(inside[0]), start + int(inside[-1])) if len(inside) else (0, len(layout) - 1)


def _near_columns(layout: Layout, own: Ints) -> Ints:
    """
    Size, link share, tag, end and sentences of the neighbours, and how much of a block's place they share.
    """
    frame, look = layout.frame, layout.look
    parent = np.where(frame > 0, layout.frames.parent[frame], -1)
    chars, link_share, final, ends = own[_NEAR_ROWS]
    mine = np.array([chars, link_share, layout.frames.tag[frame], final, frame, ends, parent, look])
    found = neighbours(mine, _OFFSETS, -1)
    *_, frames, _, parents, looks = found
    same = np.where(looks == look, 2, 1) * (parents == parent)
    same[frames == frame] = 3
    same[frames < 0] = -1
    # It takes the place of the frames, which tell nothing to others.
    frames[:] = same
    return found[: len(NEAR_NAMES)].swapaxes(0, 1).reshape(-1, len(layout))


def neighbours(values: Ints, offsets: Sequence[int], beyond: int) -> Ints:
    """
    For each row of values, and each offset, the values of the blocks so far on; `beyond` the page's ends one value.
    """
    width = max(offsets)
    count = values.shape[1]
    padded = np.full((len(values), width + count + width), beyond, dtype=np.int64)
    padded[:, width:-width] = values
    return padded.take(np.add.outer(offsets, np.arange(width, width + count)), axis=1)
