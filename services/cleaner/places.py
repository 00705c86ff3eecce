"""
Where a block stands in the tree: the elements around it, what they call themselves, and how much text they hold.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.cleaner.blocks import MARK_NAMES, TAG_IDS, TAGS, Block, Frame

FAR = 12
"""Levels; an element further up than this is no neighbour."""

LEVELS = 4
"""Containers above a block that are described; each holds more blocks than the one below."""

_PATH_TAGS = (
    "article", "main", "aside", "nav", "header", "footer", "figure", "form", "blockquote", "ul", "ol", "table",
    "section", "li",
)  # fmt: skip
_PATH_IDS = [TAG_IDS[tag] for tag in _PATH_TAGS]
_ARTICLE = TAG_IDS["article"]

PATH_NAMES = (
    "tag", "parent_tag", "above_tag", "depth", "articles_above", *(f"in_{tag}" for tag in _PATH_TAGS),
    *(f"mark_{name}" for name in MARK_NAMES),
)  # fmt: skip
CONTAINER_NAMES = tuple(
    f"up{level}_{name}"
    for level in range(LEVELS)
    for name in ("blocks", "link_share", "prose_share", "of_page", "of_prose")
)


def path_values(frame: Frame, marks: int) -> list[int]:
    """
    How many levels up is the nearest element of each kind, and of each mark?
    """
    tags = [FAR] * len(TAGS)
    articles = level = 0
    here: Frame | None = frame
    while here is not None:
        if here.tag < len(tags) and tags[here.tag] == FAR:
            tags[here.tag] = min(level, FAR - 1)
        articles += here.tag == _ARTICLE
        level += 1
        here = here.parent
    parent = frame.parent
    above = parent.parent if parent else None
    return [
        frame.tag,
        parent.tag if parent else -1,
        above.tag if above else -1,
        frame.depth,
        articles,
        *[tags[index] for index in _PATH_IDS],
        *_nearest_marks(frame, marks),
    ]


def _nearest_marks(frame: Frame, marks: int) -> list[int]:
    """
    Levels up to each mark: 0 for the inline elements of the block, 1 for the element that holds it.
    """
    near = [FAR] * len(MARK_NAMES)
    seen = distance = 0
    here: Frame | None = frame
    bits = marks
    while True:
        new = bits & ~seen
        seen |= bits
        while new:
            low = new & -new
            near[low.bit_length() - 1] = distance
            new ^= low
        if here is None or distance == FAR:
            return near
        bits = here.marks
        here, distance = here.parent, distance + 1


def chain_of(frame: Frame) -> list[Frame]:
    """
    The containers of a block, each with more blocks than the one before.
    """
    found: list[Frame] = []
    here: Frame | None = frame
    blocks = 1
    while here is not None and len(found) < LEVELS:
        if here.blocks > blocks:
            found.append(here)
            blocks = here.blocks
        here = here.parent
    return found


def chain_values(frame: Frame, total: int, prose: int) -> list[int]:
    """
    What the containers of a block hold, and how much of the page's text and prose, in characters, that is.
    """
    chain = chain_of(frame)
    values = []
    for above in chain:
        values += [
            above.blocks,
            1000 * above.link_chars // max(1, above.chars),
            1000 * above.prose_chars // max(1, above.chars),
            1000 * above.chars // max(1, total),
            1000 * above.prose_chars // max(1, prose),
        ]
    return values + [-1] * (5 * (LEVELS - len(chain)))


def best_frame(blocks: Sequence[Block]) -> Frame:
    """
    The element that holds most prose not far below itself: a block counts for the element around its own, by half for
    the one above, by a quarter for the next.
    """
    sums: dict[int, list[int]] = {}
    frames: dict[int, Frame] = {}
    for block in blocks:
        if not block.is_prose:
            continue
        frame, share = block.frame.parent or block.frame, 4 * len(block.text)
        for _ in range(3):
            frames[id(frame)] = frame
            sums.setdefault(id(frame), [0])[0] += share
            share //= 2
            if frame.parent is None:
                break
            frame = frame.parent
    if not sums:
        return blocks[0].frame
    return frames[max(sums, key=lambda key: (sums[key][0], -frames[key].order))]


def levels_to(frame: Frame, best: Frame) -> tuple[int, int]:
    """
    Levels up to the first element that holds both; and how far that is above the best.
    """
    above: dict[int, int] = {}
    here: Frame | None = best
    while here is not None:
        above[id(here)] = len(above)
        here = here.parent
    here, level = frame, 0
    while here is not None and id(here) not in above:
        here, level = here.parent, level + 1
    return level, above[id(here)] if here is not None else level


def add_up(blocks: Sequence[Block]) -> None:
    """
    Sum the blocks up in the frames around them.
    """
    order = 0
    for block in blocks:
        size = len(block.text)
        prose = size if block.is_prose else 0
        here: Frame | None = block.frame
        while here is not None:
            if not here.blocks:
                order += 1
                here.order = order
            here.chars += size
            here.link_chars += block.link_chars
            here.prose_chars += prose
            here.blocks += 1
            here = here.parent
