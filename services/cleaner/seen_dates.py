"""
Dates that people see: a short line that is a date and little else, in the words of some twenty languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from services.cleaner.lines import fold

MAX_DATE_CHARS = 45
"""A longer line says more than a date."""

_MONTHS = (
    "jan янв січ oca ene gen sty led tammi ian",
    "feb fev фев лют sub lut uno helmi",
    "mar mrt мар бер maalis bre",
    "apr abr avr апр квіт nis kwi dub huhti",
    "may mai maj mag mei маи мая трав kve touko",
    "jun juin giu июн черв haz cze kesa",
    "jul juil lug июл лип tem lip heina",
    "aug aou ago авг серп agu sie srp elo",
    "sep set сен вер eyl wrz zar syys",
    "oct okt ott out окт жовт eki paz rij loka",
    "nov ноя лист kas list marras",
    "dec dez dic дек груд ara gru pro joulu des",
)
_BY_PREFIX = {prefix: number for number, names in enumerate(_MONTHS, 1) for prefix in names.split()}
_WORDED = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?:er|st|nd|rd|th|º|o|e)?\.?\s+(?:de |of |d')?(?P<month>[^\W\d_]{3,12})\.?,?"
    r"\s+(?:de |del )?(?P<year>(?:19|20)\d\d)(?!\d)"
    r"|(?<!\w)(?P<month2>[^\W\d_]{3,12})\.?\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year2>(?:19|20)\d\d)(?!\d)"
)
_NUMERIC = re.compile(r"(?<!\d)(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>(?:19|20)\d\d)(?!\d)")
_MARK = re.compile(r"date|publi|posted|time|datum|fecha|meta|info|byline", re.IGNORECASE)
_CHANGED = re.compile(
    r"updat|modif|aktualis|actualiz|aggiorn|bijgewerkt|andrad|mis a jour|обновл|guncel|copyright|\bstand\b"
)
_ELSEWHERE = re.compile(
    r"comment|related|recommend|sidebar|widget|footer|teaser|popular|latest|copyright", re.IGNORECASE
)


def seen_dates(tree: HtmlElement) -> Iterator[str]:
    """
    Dates as `YYYY-MM-DD`: those of elements that a page marks as dates first, then those that are lines of their own.
    """
    heading = next(tree.iter("h1"), None)
    article = frozenset(heading.iterancestors()) if heading is not None else frozenset()
    lines: list[str] = []
    for node in tree.iter(
        "time", "span", "div", "p", "li", "small", "em", "i", "b", "strong", "td", "h3", "h4", "h5", "nobr"
    ):
        text = node.text
        if (
            text
            and 7 < len(text.strip()) <= MAX_DATE_CHARS
            and (day := _day(fold(text)))
            and not _is_apart(node, article)
        ):
            if _MARK.search(f"{node.get('class')} {node.get('id')} {node.getparent().get('class')}"):
                yield day
            lines.append(day)
    yield from lines[:1]


def _day(line: str) -> str | None:
    if _CHANGED.search(line):
        return None
    if found := _WORDED.search(line):
        groups = {name.rstrip("2"): text for name, text in found.groupdict().items() if text}
        name = groups["month"]
        month = next((_BY_PREFIX[name[:size]] for size in (6, 5, 4, 3) if name[:size] in _BY_PREFIX), None)
        return _write(groups["year"], month, int(groups["day"])) if month else None
    found = _NUMERIC.search(line)
    if not found:
        return None
    first, second = int(found["day"]), int(found["month"])
    # With slashes, which of the two is the month depends on the country: only a day past the twelfth tells.
    if "/" in found[0] and first < 13 and first != second:
        return _write(found["year"], first, second) if second > 12 else None
    return _write(found["year"], second, first)


def _write(year: str, month: int, day: int) -> str | None:
    return f"{year}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def _is_apart(node: HtmlElement, article: frozenset[HtmlElement]) -> bool:
    """
    Does it stand in a list of other articles, a comment or a footer?
    """
    for parent in (node, *node.iterancestors()):
        if parent in article:
            return False
        if parent.tag in {"aside", "footer", "nav"} or _ELSEWHERE.search(f"{parent.get('class')} {parent.get('id')}"):
            return True
    return False
