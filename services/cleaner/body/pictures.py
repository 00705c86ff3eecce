"""
The images of an article: those among its passages, each with its caption, which stands apart from the body.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from schemas.parts import Image
from services.cleaner.body.blocks import TAG_IDS, Block, Frame, Media
from services.cleaner.body.spans import absolute
from services.cleaner.document import Body, Picture
from services.cleaner.metadata.credits import split_credit

MAX_PICTURES = 50
MIN_SIDE = 50
"""Pixels; what says that it is smaller is an icon, a face or a beacon."""

MAX_CAPTION_CHARS = 1000
MIN_BLOCKS = 2
MIN_TAKEN_SHARE = 0.5
"""Of the text around an image that is of the article; around a teaser's it is not."""

_FIGURE = TAG_IDS["figure"]
_SOURCES = ("src", "data-src", "data-original", "data-lazy-src", "data-image")
_NUMBER = re.compile(r"\s*(\d{1,5})")


def pictures_of(
    blocks: Sequence[Block], taken: Sequence[bool], media: Sequence[Media], base: str
) -> Iterator[tuple[int, Picture]]:
    """
    The images that stand before the last block of the article, in its elements, with the number of the block that
    they stand before.
    """
    chosen = [index for index, is_taken in enumerate(taken) if is_taken]
    if not chosen or not media:
        return
    chars = _taken_chars(blocks, taken)
    seen: set[str] = set()
    for image in media:
        if image.before > chosen[-1] or len(seen) == MAX_PICTURES:
            break
        if _is_small(image.node) or not _is_inside(image.frame, chars):
            continue
        url = _address(image.node, base)
        if url is None or url in seen:
            continue
        seen.add(url)
        alternative = " ".join((image.node.get("alt") or "").split())[:MAX_CAPTION_CHARS]
        yield image.before, Picture(url, alternative, _caption(image, blocks))


def with_pictures(stated: Sequence[Image], body: Body) -> list[Image]:
    """
    The images that a page states as its own, and those among the passages of its article, each once; a caption in the
    page, and the credit at its end, stand in for those that are not stated.
    """
    images = {image.url: image for image in stated}
    for part in body:
        if isinstance(part, Picture):
            caption, credit = split_credit(part.caption)
            if known := images.get(part.url):
                caption, credit = known.caption or caption, known.credit or credit
            images[part.url] = Image(url=part.url, caption=caption, credit=credit)
    return list(images.values())[:MAX_PICTURES]


def _taken_chars(blocks: Sequence[Block], taken: Sequence[bool]) -> Counter[int]:
    """
    Characters that are taken of each frame, by its id.
    """
    level: dict[Frame, int] = {}
    for block, is_taken in zip(blocks, taken, strict=True):
        if is_taken:
            level[block.frame] = level.get(block.frame, 0) + len(block.text)
    found: Counter[int] = Counter()
    # Up by one frame at a time: paragraphs stand side by side, and what is around them is climbed once for all.
    while level:
        above: dict[Frame, int] = {}
        for frame, size in level.items():
            found[id(frame)] = found.get(id(frame), 0) + size
            if frame.parent is not None:
                above[frame.parent] = above.get(frame.parent, 0) + size
        level = above
    return found


def _is_inside(frame: Frame, chars: Counter[int]) -> bool:
    """
    Is the nearest element around an image, or its figure, that holds more than a caption mostly of the article?
    """
    figure = _figure_of(frame)
    here = figure.parent if figure is not None else frame
    while here is not None and here.blocks < MIN_BLOCKS:
        if here.link_chars * 2 > here.chars and not chars[id(here)]:
            return False
        here = here.parent
    return here is not None and chars[id(here)] >= MIN_TAKEN_SHARE * here.chars


def _figure_of(frame: Frame) -> Frame | None:
    here: Frame | None = frame
    for _ in range(5):
        if here is None:
            return None
        if here.tag == _FIGURE:
            return here
        here = here.parent
    return None


def _caption(image: Media, blocks: Sequence[Block]) -> str:
    figure = _figure_of(image.frame)
    if figure is None:
        return ""
    within = []
    for block in blocks[image.before : image.before + 4]:
        if _figure_of(block.frame) is not figure:
            break
        within.append(block.text)
    return " ".join(" ".join(within).split())[:MAX_CAPTION_CHARS]


def _address(node: Any, base: str) -> str | None:
    for name in _SOURCES:
        url = absolute(node.get(name), base)
        if url:
            return url
    best = (node.get("srcset") or node.get("data-srcset") or "").split(",")[-1].split()
    return absolute(best[0], base) if best else None


def _is_small(node: Any) -> bool:
    sides = (_NUMBER.match(node.get(name) or "") for name in ("width", "height"))
    return any(side is not None and int(side[1]) < MIN_SIDE for side in sides)
