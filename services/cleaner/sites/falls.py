"""
When the last pages of a site are worse than those before, and when they are what they were.

    Pages, baseline --> fallen  --> measures, with their counts
    Pages, told     --> is_back

Whole numbers only, so that every process decides alike. `docs/drift.md` has the reasons and the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from schemas.state import Measure
from services.cleaner.sites.quality import LONG, MEASURES, RECENT, SHORT, Pages

MIN_BASELINE = 60
"""The fewest pages that make a baseline."""

MIN_RISE, MIN_RISE_OF_NEW, MIN_RISE_LONG, MIN_RISE_BESIDE = 50, 45, 35, 25
"""
A fall is a rise of the share of faulty pages by so many percent points at least: of the last few pages, the same of a
fault that the baseline has not, of the many, of a measure that is told beside another that has fallen, ...
"""

MIN_OVER_WORST = 3
"""... to so many pages in 20 more than ever stood so close in the baseline: bursts are the site's own way, ..."""

MIN_BURSTS, MANY_PERCENT = 3, 80
"""... not all in one burst or two, unless almost all of the last pages are faulty, ..."""

ODDS, ODDS_BESIDE = 10**10, 10**4
"""... against odds of so many to one: of a measure, of one that is told beside another, ..."""

MAX_TENTHS = 20
"""... with an exponent that grows by so many tenths at most, where faulty pages come in runs."""

SLACK = 1
"""Faulty pages more than before that are none, where a site is back."""


@dataclass(frozen=True, slots=True)
class Fall:
    """
    What is worse, at least one measure, and the pages that it is held against.
    """

    measures: tuple[Measure, ...]
    before: Pages


@dataclass(frozen=True, slots=True)
class _Compared:
    """
    A measure of a site's last pages (`recent`) and of those `before`, a byte for each page.
    """

    name: str
    recent: bytes
    before: bytes
    told: Measure


def fallen(pages: Pages, among: Sequence[str] = MEASURES, baseline: Pages | None = None) -> Fall | None:
    """
    Whether a site's last pages are worse than its baseline, beyond doubt: the last few of them much, or many clearly.

    Args:
        pages: All that are known.
        among: Measures to look at.
        baseline: Where it is another than the pages before the last ones.
    """
    for size in (RECENT, LONG):
        before = pages.before(size) if baseline is None else baseline
        if len(pages) >= size and len(before) >= MIN_BASELINE and (found := _fallen(pages.last(size), before, among)):
            return Fall(found, before)
    return None


def _fallen(recent: Pages, before: Pages, among: Sequence[str]) -> tuple[Measure, ...]:
    last = recent.last(1)
    shown = [name for name in among if name == SHORT or 1 in last.faulty(name)]
    if not any(_is_sure(_compare(name, recent, before), recent, before) for name in shown):
        return ()
    return tuple(
        one.told
        for one in (_compare(name, recent, before) for name in among)
        if _has_risen(one.told, MIN_RISE_BESIDE) and _odds(one, recent, before) >= ODDS_BESIDE
    )


def again(told: Measure, pages: Pages) -> Measure:
    """
    What was told of, as it is in the last pages now.
    """
    recent = pages.last(RECENT)
    faulty = recent.faulty(told.name, told.below_chars or 0).count(1)
    return told.model_copy(update={"faulty": faulty, "pages": recent.counted(told.name).count(1)})


def is_back(now: Measure) -> bool:
    """
    Is a measure what it was, but for a page? Half of the last pages have to have a text, where it is of their text.
    """
    if 2 * now.pages < RECENT:
        return False
    return now.faulty * now.pages_before <= now.faulty_before * now.pages + SLACK * now.pages_before


def _compare(name: str, recent: Pages, before: Pages) -> _Compared:
    below = before.half_usual() if name == SHORT else None
    faulty = recent.faulty(name, below or 0)
    faulty_before = before.faulty(name, below or 0)
    told = Measure(
        name=name,
        faulty=faulty.count(1),
        pages=recent.counted(name).count(1),
        faulty_before=faulty_before.count(1),
        pages_before=before.counted(name).count(1),
        below_chars=below,
    )
    return _Compared(name, bytes(faulty), bytes(faulty_before), told)


def _is_sure(found: _Compared, recent: Pages, before: Pages) -> bool:
    """
    Is the last page faulty, and have so many been as never before, not in one burst, beyond all chance?
    """
    told, size = found.told, len(recent)
    short = MIN_RISE if told.faulty_before else MIN_RISE_OF_NEW
    if not found.recent[-1] or not _has_risen(told, short if size == RECENT else MIN_RISE_LONG):
        return False
    bursts = sum(part != b"" for part in found.recent.split(b"\0"))
    if bursts < MIN_BURSTS and 100 * told.faulty < MANY_PERCENT * size:
        return False
    if told.faulty < _worst(found.before, size) + MIN_OVER_WORST * size // RECENT:
        return False
    return bool(_odds(found, recent, before) ** 10 >= ODDS ** _tenths(found.before))


def _has_risen(told: Measure, percent: int) -> bool:
    rise = told.faulty * told.pages_before - told.faulty_before * told.pages
    return told.faulty > 0 and 100 * rise >= percent * told.pages * told.pages_before


def _worst(marks: bytes, size: int) -> int:
    """
    The most faulty pages among so many in a row.
    """
    count = worst = sum(marks[:size])
    for gone, come in zip(marks, marks[size:], strict=False):
        count += come - gone
        worst = max(worst, count)
    return worst


def _odds(found: _Compared, recent: Pages, before: Pages) -> int:
    """
    How many to one it is against so many of the faulty pages being among the last ones by chance.

    R. A. Fisher's exact test, one-sided, by sources (N. Mantel, W. Haenszel): exact where the pages of each source are
    alike in any order. So it is no fall that a source with pages of another kind has its turn, or is new.
    """
    ways, all_ways = [1], 1
    of_recent, of_before = recent.counted(found.name), before.counted(found.name)
    for source in sorted(set(recent.sources)):
        mine = bytes(each == source for each in recent.sources)
        mine_before = bytes(each == source for each in before.sources)
        number, faulty = _both(mine, of_recent), _both(mine, found.recent)
        total = number + _both(mine_before, of_before)
        faulty += _both(mine_before, found.before)
        ways = _product(ways, [comb(faulty, k) * comb(total - faulty, number - k) for k in range(number + 1)])
        all_ways *= comb(total, number)
    return all_ways // max(1, sum(ways[found.told.faulty :]))


def _tenths(before: bytes) -> int:
    """
    By how many tenths the exponent of the odds is to be longer where faulty pages come in runs, for then fewer pages
    are worth as much: the design effect of a first-order chain, (1 + r) / (1 - r), of the pages before.
    """
    faulty, pairs = before.count(1), sum(map(int.__and__, before, before[1:]))
    by_chance = faulty * faulty // len(before)
    return min(max(10 * (faulty + pairs - 2 * by_chance) // max(1, faulty - pairs), 10), MAX_TENTHS)


def _both(first: bytes, second: bytes) -> int:
    return (int.from_bytes(first, "big") & int.from_bytes(second, "big")).bit_count()


def _product(first: Sequence[int], second: Sequence[int]) -> list[int]:
    """
    Of two polynomials, by their coefficients.
    """
    product = [0] * (len(first) + len(second) - 1)
    for one, left in enumerate(first):
        for other, right in enumerate(second):
            product[one + other] += left * right
    return product
