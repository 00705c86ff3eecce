"""
What would change, site by site and field by field: sums, and where to find the first examples. Pure; its size depends
on the number of sites, not of pages.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.cli.comparing.cases import NOT_PUBLISHED, PUBLISHED, UNKNOWN, Case
from services.cli.comparing.fields import BY_NAME, Kind, Value

MAX_PERCENT = 1000
"""Of what is longer still, no more is told."""

Change = tuple[str, str]
"""What became of an input before, and after."""


@dataclass
class FieldReport:
    """
    A field of a site's articles.

    Attributes:
        gained, lost: It said nothing before, or says nothing after.
        longer, shorter: By characters, where it says something on both sides.
        percents: How often a length became so many percent of what it was.
        added, removed: Entries of lists.
        moved: Lists with the same entries in another order.
        examples: Ids of the first inputs that differ.
    """

    compared: int = 0
    changed: int = 0
    gained: int = 0
    lost: int = 0
    longer: int = 0
    shorter: int = 0
    percents: Counter[int] = field(default_factory=Counter)
    added: int = 0
    removed: int = 0
    moved: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def median_percent(self) -> int | None:
        """
        The median length of what differs, in percent of what it was (the lower of two).
        """
        left = (self.percents.total() + 1) // 2
        for percent, count in sorted(self.percents.items()):
            left -= count
            if left <= 0:
                return percent
        return None

    def take(self, kind: Kind, before: Value, after: Value) -> bool:
        """
        Count one article; tell whether the field differs.
        """
        self.compared += 1
        if before == after:
            return False
        self.changed += 1
        self.gained += not before
        self.lost += not after
        if kind is Kind.LIST:
            self._take_entries(Counter(before), Counter(after))
        elif kind is Kind.TEXT and before and after:
            self._take_lengths(sum(map(len, before)), sum(map(len, after)))
        return True

    def _take_entries(self, before: Counter[str], after: Counter[str]) -> None:
        self.added += (after - before).total()
        self.removed += (before - after).total()
        self.moved += before == after

    def _take_lengths(self, before: int, after: int) -> None:
        self.longer += after > before
        self.shorter += after < before
        self.percents[min(MAX_PERCENT, round(100 * after / before))] += 1


@dataclass
class SiteReport:
    """
    A site.

    Attributes:
        compared: Inputs that were published, and would be.
        otherwise: Those of them that would read otherwise.
        ends: How often inputs came from one end to another.
        end_examples: Ids of the first inputs that come to another end.
    """

    inputs: int = 0
    compared: int = 0
    otherwise: int = 0
    ends: Counter[Change] = field(default_factory=Counter)
    end_examples: defaultdict[Change, list[str]] = field(default_factory=lambda: defaultdict(list))
    fields: dict[str, FieldReport] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """
        How many inputs would change.
        """
        return self.otherwise + sum(count for change, count in self.ends.items() if is_change(change))

    def take(self, case: Case, examples: int) -> None:
        """
        Count one input, and keep it as an example as long as there are few.
        """
        change = case.before, case.after
        self.inputs += 1
        self.ends[change] += 1
        self.compared += bool(case.fields)
        self.otherwise += bool(case.changed)
        if is_change(change) and len(self.end_examples[change]) < examples:
            self.end_examples[change].append(case.id)
        for name, (before, after) in case.fields.items():
            told = self.fields.setdefault(name, FieldReport())
            if told.take(BY_NAME[name].kind, before, after) and len(told.examples) < examples:
                told.examples.append(case.id)

    def changed_fields(self) -> Iterator[tuple[str, FieldReport]]:
        """
        The fields that differ anywhere, in the order of the contract.
        """
        return ((name, self.fields[name]) for name in BY_NAME if name in self.fields and self.fields[name].changed)

    def changed_ends(self) -> list[tuple[Change, int]]:
        """
        The ends that differ, the most frequent first.
        """
        changes = [(change, count) for change, count in self.ends.items() if is_change(change)]
        return sorted(changes, key=lambda each: (-each[1], each[0]))


@dataclass
class Report:
    """
    All of it.

    Attributes:
        total: All sites together, without examples.
    """

    sites: dict[str, SiteReport] = field(default_factory=dict)
    total: SiteReport = field(default_factory=SiteReport)

    def ordered(self) -> list[tuple[str, SiteReport]]:
        """
        The sites in which something would change, those with most of it first.
        """
        changed = [(name, site) for name, site in self.sites.items() if site.weight]
        return sorted(changed, key=lambda each: (-each[1].weight, each[0]))


def report_of(cases: Iterable[Case], examples: int) -> Report:
    """
    Sum cases up, with so many examples of each site and field at most.
    """
    report = Report()
    for case in cases:
        report.total.take(case, 0)
        report.sites.setdefault(case.site, SiteReport()).take(case, examples)
    return report


def is_change(change: Change) -> bool:
    """
    Whether an input comes to another end. What was dropped has no reason on record, and comes to the same end again.
    """
    before, after = change
    if before == UNKNOWN:
        return False
    return (after == PUBLISHED or after.startswith("dead")) if before == NOT_PUBLISHED else before != after


def name_of(change: Change) -> str:
    """
    A change of ends in words.
    """
    before, after = change
    if after == PUBLISHED:
        return "newly accepted" + (f", was a {before}" if before != NOT_PUBLISHED else "")
    return f"newly a {after}" if after.startswith("dead") else f"newly {after}"
