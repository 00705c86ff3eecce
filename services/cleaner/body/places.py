"""
Where a block stands in the tree: the elements around it, what they call themselves, and how much text they hold.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.cleaner.body.blocks import OTHER_TAG, TAG_IDS
from services.cleaner.body.layout import LEVELS, Claims, Ints, Layout
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
_KINDS = len(_PATH_TAGS) + len(MARK_NAMES)
_TAG_KIND = np.full(OTHER_TAG + 1, -1)
_TAG_KIND[[TAG_IDS[tag] for tag in _PATH_TAGS]] = np.arange(len(_PATH_TAGS))
_TAG_BIT = np.where(_TAG_KIND < 0, 0, 1 << np.maximum(0, _TAG_KIND))
_ARTICLE = _PATH_TAGS.index("article")

PATH_NAMES = (
    "tag", "parent_tag", "above_tag", "depth", "articles_above", *(f"in_{tag}" for tag in _PATH_TAGS),
    *(f"mark_{name}" for name in MARK_NAMES),
)  # fmt: skip
CONTAINER_NAMES = tuple(
    f"up{level}_{name}"
    for level in range(LEVELS)
    for name in ("blocks", "link_share", "prose_share", "of_page", "of_prose", "index", "left")
)


def path_columns(layout: Layout) -> Ints:
    """
    How many levels up is the nearest element of each kind, and of each mark? For a mark 0 is the inline elements of
    the block, 1 the element that holds it.
    """
    frames, frame = layout.frames, layout.frame
    up = np.empty((FAR - 1, len(layout)), dtype=np.int64)
    up[0] = frame
    for level in range(1, len(up)):
        frames.parent.take(up[level - 1], out=up[level], mode="clip")
    tag = frames.tag[up[:3]]
    # The first frame is its own parent.
    tag[1:][up[:2] == 0] = -1
    around = _around(layout)
    near = _nearest(layout, up)
    tags, marks = near[: len(_PATH_TAGS)], near[len(_PATH_TAGS) :]
    tags = np.where(around > 0, tags - 1, FAR)
    return np.concatenate([tag, [frames.depth[frame], around[_ARTICLE]], tags, marks])


def _around(layout: Layout) -> Ints:
    """
    For each kind of tag, a row, and each block, a column: so many elements of the kind are around the block.
    """
    frames = layout.frames
    kind = _TAG_KIND[frames.tag]
    chosen = np.flatnonzero(kind >= 0)
    edges = np.zeros((len(_PATH_TAGS), len(layout) + 1), dtype=np.int64)
    np.add.at(edges, (kind[chosen], frames.start[chosen]), 1)
    np.subtract.at(edges, (kind[chosen], frames.end[chosen]), 1)
    return np.cumsum(edges, axis=1)[:, :-1]


def _nearest(layout: Layout, up: Ints) -> Ints:
    """
    For each kind of tag and each mark, a row, and each block, a column: the nearest element that is so. It is 0 for the
    inline elements of the block, 1 for the element around it, 2 for the one around that, and FAR for none.
    """
    frames = layout.frames
    of_frames = _TAG_BIT[frames.tag] | frames.marks << len(_PATH_TAGS)
    bits = np.concatenate([[layout.marks << len(_PATH_TAGS)], of_frames[up]])
    # Of the levels, as many miss a bit as are passed before it is met.
    met = np.bitwise_or.accumulate(bits, out=bits).astype("<i8", copy=False).view(np.uint8)
    levels = np.unpackbits(met, bitorder="little").reshape(len(bits), len(layout), -1).sum(axis=0, dtype=np.uint8)
    found: Ints = FAR - levels.T[:_KINDS].astype(np.int64)
    return found


def container_columns(layout: Layout) -> Ints:
    """
    What the containers of a block hold, how much of the page's text and prose, in characters, that is, and where in
    them the block is.
    """
    rows = layout.containers
    start, end = layout.frames.start[rows], layout.frames.end[rows]
    chars, linked, prose = layout.before.take(end, axis=1) - layout.before.take(start, axis=1)
    chars = np.maximum(1, chars)
    all_chars, _, all_prose = layout.before[:, -1]
    at = np.arange(len(layout))
    values = [
        end - start,
        1000 * linked // chars,
        1000 * prose // chars,
        1000 * chars // all_chars,
        1000 * prose // max(1, all_prose),
        at - start,
        end - 1 - at,
    ]
    return by_level(layout, values)


def by_level(layout: Layout, values: Sequence[Ints]) -> Ints:
    """
    Values of the containers of a block: those of its first one, then those of the next; -1 where there is none.
    """
    known = np.where(layout.containers >= 0, np.array(values), -1)
    return known.swapaxes(0, 1).reshape(-1, len(layout))


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


def best_columns(layout: Layout, best: int) -> Ints:
    """
    Levels up to the first element that holds both a block and the best element; and how far that is above the best.
    """
    frames = layout.frames
    chain = [best]
    while chain[-1]:
        chain.append(int(frames.parent[chain[-1]]))
    at = np.arange(len(layout))
    shared = ((frames.start[chain, None] <= at) & (at < frames.end[chain, None])).sum(axis=0)
    return np.array([frames.depth[layout.frame] + 1 - shared, len(chain) - shared])


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
