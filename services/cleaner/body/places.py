"""
Where a block stands in the tree: the elements around it, what they call themselves, and how much text they hold.
"""

from __future__ import annotations

import numpy as np

from services.cleaner.body.blocks import MAX_DEPTH, TAG_IDS
from services.cleaner.body.layout import LEVELS, Claims, Ints, Layout, ints, sums
from services.cleaner.body.marks import MARK_NAMES

FAR = 12
"""Levels; an element further up than this is no neighbour, and one that is not there is as far."""

MENU_LINK_SHARE = 900
"""Permille of a block that is in links."""

MAX_MENU_CHARS = 40
"""A longer link may be a sentence of the article."""

_PATH_TAGS = (
    "article", "main", "aside", "nav", "header", "footer", "figure", "form", "blockquote", "ul", "ol", "table",
    "section", "li", "figcaption",
)  # fmt: skip
_PATH_IDS = ints([TAG_IDS[tag] for tag in _PATH_TAGS])
_MARK_BITS = 1 << np.arange(len(MARK_NAMES), dtype=np.int64)
_ARTICLE = TAG_IDS["article"]

PATH_NAMES = (
    "tag", "parent_tag", "above_tag", "depth", "articles_above", *(f"in_{tag}" for tag in _PATH_TAGS),
    *(f"mark_{name}" for name in MARK_NAMES),
)  # fmt: skip
CONTAINER_NAMES = tuple(
    f"up{level}_{name}"
    for level in range(LEVELS)
    for name in ("blocks", "link_share", "prose_share", "of_page", "of_prose", "index", "left")
)


def path_columns(layout: Layout) -> list[Ints]:
    """
    How many levels up is the nearest element of each kind, and of each mark? For a mark 0 is the inline elements of
    the block, 1 the element that holds it.
    """
    frames, frame = layout.frames, layout.frame
    parent = np.where(frame > 0, frames.parent[frame], -1)
    above = np.where(parent > 0, frames.parent[parent], -1)
    tag = np.append(frames.tag, -1)
    is_article = (frames.tag == _ARTICLE).astype(np.int64)
    edges = np.zeros(len(layout) + 1, dtype=np.int64)
    np.add.at(edges, frames.start, is_article)
    np.subtract.at(edges, frames.end, is_article)
    tags = _nearest(frames.tag == _PATH_IDS[:, None], frames.parent, MAX_DEPTH)[:, frame]
    tags = np.where(tags < MAX_DEPTH, np.minimum(tags, FAR - 1), FAR)
    near = _nearest(frames.marks & _MARK_BITS[:, None] != 0, frames.parent, FAR)[:, frame]
    marks = np.where(layout.marks & _MARK_BITS[:, None] != 0, 0, np.minimum(near + 1, FAR))
    return [tag[frame], tag[parent], tag[above], frames.depth[frame], np.cumsum(edges)[:-1], *tags, *marks]


def _nearest(is_so: Claims, parent: Ints, far: int) -> Ints:
    """
    For each kind, a row, and each frame, a column: levels up to the nearest frame of the kind, `far` at most.
    """
    near = np.where(is_so, 0, far)
    # By doubling: who knows the nearest within k levels learns that within 2 k from the frame k levels up.
    step, up = 1, parent
    while step < far and up.any():
        near = np.minimum(near, near[:, up] + step)
        step, up = 2 * step, up[up]
    return near


def container_columns(layout: Layout) -> list[Ints]:
    """
    What the containers of a block hold, how much of the page's text and prose, in characters, that is, and where in
    them the block is.
    """
    size, linked, prose = sums(layout.size), sums(layout.linked), sums(layout.prose)
    at = np.arange(len(layout))
    columns: list[Ints] = []
    for rows in layout.containers:
        start, end = layout.frames.start[rows], layout.frames.end[rows]
        chars = np.maximum(1, size[end] - size[start])
        prose_chars = prose[end] - prose[start]
        values = [
            end - start,
            1000 * (linked[end] - linked[start]) // chars,
            1000 * prose_chars // chars,
            1000 * chars // size[-1],
            1000 * prose_chars // max(1, prose[-1]),
            at - start,
            end - 1 - at,
        ]
        columns += [np.where(rows >= 0, value, -1) for value in values]
    return columns


def best_frame(layout: Layout) -> int:
    """
    The row of the element that holds most prose not far below itself: a block counts for the element around its own,
    by half for the one above, by a quarter for the next.
    """
    parent = layout.frames.parent
    chosen = np.flatnonzero(layout.prose)
    if not len(chosen):
        return int(layout.frame[0])
    found = np.zeros(len(parent), dtype=np.int64)
    here = parent[layout.frame[chosen]]
    share = 4 * layout.prose[chosen]
    for _ in range(3):
        np.add.at(found, here, share)
        # The root is its own parent: it counts once.
        share = np.where(here > 0, share // 2, 0)
        here = parent[here]
    return int(np.argmax(found))


def best_columns(layout: Layout, best: int) -> list[Ints]:
    """
    Levels up to the first element that holds both a block and the best element; and how far that is above the best.
    """
    parents = layout.frames.parent.tolist()
    above: dict[int, int] = {}
    here = best
    while here not in above:
        above[here] = len(above)
        here = parents[here]
    levels: list[int] = []
    offs: list[int] = []
    for row, parent in enumerate(parents):
        is_above = row in above
        levels.append(0 if is_above else levels[parent] + 1)
        offs.append(above[row] if is_above else offs[parent])
    return [ints(levels)[layout.frame], ints(offs)[layout.frame]]


def is_menu(layout: Layout) -> Claims:
    """
    Is a block nothing but links? Such are of no article: not if they are several, and not if it is one that is short
    and has no prose next to it.
    """
    is_link = 1000 * layout.linked >= MENU_LINK_SHARE * layout.size
    is_prose = layout.prose > 0
    is_near = np.append(is_prose[1:], False) | np.append(False, is_prose[:-1])
    found: Claims = is_link & ((layout.links > 1) | ((layout.size <= MAX_MENU_CHARS) & ~is_near))
    return found
