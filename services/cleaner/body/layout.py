"""
A page as columns of whole numbers: its blocks, the elements around them, and what these hold.

All that is computed from a layout is whole numbers too, in numpy's 64 bits: no sum depends on the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from services.cleaner.body.blocks import Block, Frame, Media

Ints = NDArray[np.int64]
Claims = NDArray[np.bool_]

LEVELS = 4
"""Containers above a block that are described; each holds more blocks than the one below."""


@dataclass(frozen=True)
class Frames:
    """
    The elements around blocks, those around others first: a column each.

    Attributes:
        parent: Row of the element around; the first is its own.
        tag: As `Frame.tag`; so are `depth`, `marks`, `look`, `start` and `end`.
        wider: Row of the nearest element around that holds more blocks; -1 where there is none.
    """

    parent: Ints
    tag: Ints
    depth: Ints
    marks: Ints
    look: Ints
    start: Ints
    end: Ints
    wider: Ints


@dataclass(frozen=True)
class Layout:
    """
    The blocks of a page, in order: a column each.

    Attributes:
        frames: The elements around them.
        frame: Row of the element that holds a block.
        size: Its characters; so many of them are in links (`linked`), and are prose (`prose`).
        links: How many links are in it.
        marks: What its inline elements say about themselves, as bits.
        look: As `Frame.look`.
        twin: The same number for equal texts.
        images: Images right before it, or in it.
        containers: Rows of the elements around it, each with more blocks than the one before; -1 where there is none.
        before: What `size`, `linked` and `prose` add up to in the blocks before, a row each; the last is all blocks.
    """

    frames: Frames
    frame: Ints
    size: Ints
    linked: Ints
    prose: Ints
    links: Ints
    marks: Ints
    look: Ints
    twin: Ints
    images: Ints
    containers: Ints
    before: Ints

    def __len__(self) -> int:
        return len(self.size)


def layout_of(blocks: Sequence[Block], media: Sequence[Media] = ()) -> Layout:
    """
    Lay out a page that has a block, and sum the blocks up in the frames around them.
    """
    above = add_up(blocks)
    rows = {frame.order: row for row, frame in enumerate(above)}
    frames = _frames(above, rows)
    frame = ints([rows[block.frame.order] for block in blocks])
    size = ints([len(block.text) for block in blocks])
    linked = ints([block.link_chars for block in blocks])
    prose = size * ints([block.is_prose for block in blocks])
    twins: dict[str, int] = {}
    return Layout(
        frames=frames,
        frame=frame,
        size=size,
        linked=linked,
        prose=prose,
        links=ints([block.links for block in blocks]),
        marks=ints([block.marks for block in blocks]),
        look=frames.look[frame],
        twin=ints([twins.setdefault(block.text, len(twins)) for block in blocks]),
        images=np.bincount(ints([image.before for image in media]), minlength=len(blocks))[: len(blocks)],
        containers=_containers(frames, frame),
        before=sums(np.array([size, linked, prose])),
    )


def add_up(blocks: Sequence[Block]) -> list[Frame]:
    """
    Sum the blocks up in the frames around them, and give these in the order of the page: outer ones come first.
    """
    found: dict[int, Frame] = {}
    for block in blocks:
        here: Frame | None = block.frame
        while here is not None and here.order not in found:
            found[here.order] = here
            here = here.parent
    chars = [0, *accumulate([len(block.text) for block in blocks])]
    links = [0, *accumulate([block.link_chars for block in blocks])]
    frames = [found[order] for order in sorted(found)]
    for frame in frames:
        start, end = frame.start, frame.end
        frame.blocks = end - start
        frame.chars = chars[end] - chars[start]
        frame.link_chars = links[end] - links[start]
    return frames


def ints(values: Sequence[int]) -> Ints:
    """
    A column.
    """
    return np.array(values, dtype=np.int64)


def sums(values: Ints) -> Ints:
    """
    The sum of all values before each place, and of all; of rows of values, in each row.
    """
    found = np.zeros((*values.shape[:-1], values.shape[-1] + 1), dtype=np.int64)
    np.cumsum(values, axis=-1, out=found[..., 1:])
    return found


def sums_alike(keys: Ints, values: Ints) -> Ints:
    """
    For each row of values, the sum at each place of those at all places with the same key.
    """
    found = np.zeros((len(values), int(keys.max()) + 1), dtype=np.int64)
    for row, of_row in zip(found, values, strict=True):
        np.add.at(row, keys, of_row)
    return found.take(keys, axis=1)


def table(columns: Sequence[Ints | int], count: int) -> Ints:
    """
    Columns as the rows of one table. A single number is the same for all blocks.
    """
    found = np.empty((len(columns), count), dtype=np.int64)
    for row, column in zip(found, columns, strict=True):
        row[:] = column
    return found


def _frames(above: Sequence[Frame], rows: dict[int, int]) -> Frames:
    parents = [rows[frame.parent.order] if frame.parent else 0 for frame in above]
    blocks = [frame.blocks for frame in above]
    wider: list[int] = []
    for row, parent in enumerate(parents):
        wider.append(-1 if row == 0 else parent if blocks[parent] > blocks[row] else wider[parent])
    return Frames(
        parent=ints(parents),
        tag=ints([frame.tag for frame in above]),
        depth=ints([frame.depth for frame in above]),
        marks=ints([frame.marks for frame in above]),
        look=ints([frame.look for frame in above]),
        start=ints([frame.start for frame in above]),
        end=ints([frame.end for frame in above]),
        wider=ints(wider),
    )


def _containers(frames: Frames, frame: Ints) -> Ints:
    """
    A row for each level, a column for each block.
    """
    # The -1 of "none" takes the added last entry, so none stays none.
    wider = np.append(frames.wider, -1)
    here = np.where(frames.end[frame] - frames.start[frame] > 1, frame, wider[frame])
    levels = [here]
    for _ in range(LEVELS - 1):
        here = wider[here]
        levels.append(here)
    return np.array(levels)
