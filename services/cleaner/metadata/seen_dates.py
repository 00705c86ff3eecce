"""
Dates that people see: a short line that is a date and little else, in the words of some twenty languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from services.cleaner.lines import fold
from services.cleaner.page.survey import FOREIGN, FOREIGN_TAGS, Survey, above_heading, is_apart

MAX_DATE_CHARS = 45
"""A longer line says more than a date."""

MAX_AROUND_CHARS = 150
MAX_PIECES = 12
"""Of the texts around a date, in which its label is looked for."""

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
_ISO = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})(?!\d)")
_CJK = re.compile(r"(?P<year>(?:19|20)\d\d)\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]")
_MARK = re.compile(r"date|publi|posted|time|datum|fecha|meta|info|byline", re.IGNORECASE)
_CHANGED = re.compile(
    r"updat|modif|aktualis|actualiz|aggiorn|bijgewerkt|andrad|mis a jour|обновл|guncel|copyright|\bstand\b|edited|revis"
    r"|review|last |geandert|accessed"
)
_TODAY = re.compile(r"today|current-?date", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:publish|posted|written|released|issued|veroffentlich|erschienen|erstellt|publie|paru|publicado|publicada"
    r"|pubblicat|gepubliceerd|geplaatst|publicerad|publiceret|publisert|opublikowan|dodano|опублик|дата|yayin|julkaistu"
    r"|megjelen|publicat|δημοσι|pressemitteilung|press release|communique|first published|date|datum|fecha|data)"
    r"\w*(?: \w+){0,3}\W{0,3}$"
)


_PATTERNS = (_WORDED, _ISO, _CJK, _NUMERIC)
_NUMBER = re.compile(r"\d+")
MIN_NUMBERS = 2
"""A date has a year and a day; most lines with a year have no other number."""

_ELSEWHERE = re.compile(r"comment|related|recommend|sidebar|widget|footer|teaser|popular|latest|copyright")


@dataclass(frozen=True)
class Seen:
    """
    A day that readers see.

    Attributes:
        day: `YYYY-MM-DD`.
        rank: 0 where a word calls it the day of publication, 1 where the page marks it as a date, 2 else.
    """

    day: str
    rank: int


def seen_dates(marks: Survey) -> list[Seen]:
    """
    The days near the article, surest first, of equally sure ones in the order of the page.

    Where none is near it, the one day that stands in a footer or a teaser, if it is only one.
    """
    article = above_heading(marks)
    near: list[Seen] = []
    apart: list[Seen] = []
    for text, node in marks.dated:
        if seen := _read(text, node):
            if not is_apart(node, article, names=_ELSEWHERE):
                near.append(seen)
            elif not is_apart(node, article, names=FOREIGN, tags=FOREIGN_TAGS):
                apart.append(seen)
    for rank in (0, 1, 2):
        some = [seen for seen in apart if seen.rank == rank]
        if some and not near:
            return some[:1] if len({seen.day for seen in some}) == 1 else []
    return sorted(near, key=lambda seen: seen.rank)


def _read(text: str, node: HtmlElement) -> Seen | None:
    line = fold(text)
    parsed = _day(line)
    if parsed is None:
        return None
    day, start = parsed
    lead = line[:start] or _lead(line, node)
    if _CHANGED.search(lead):
        return None
    if _LABEL.search(lead):
        return Seen(day, 0)
    if start and len(text) > MAX_DATE_CHARS:
        return None
    parent = node.getparent()
    names = f"{node.get('class')} {node.get('id')} {parent.get('class') if parent is not None else ''}"
    if _TODAY.search(names):
        return None
    return Seen(day, 1 if _MARK.search(names) else 2)


def _lead(line: str, node: HtmlElement) -> str:
    """
    What is written before a line in its element, or in the one around it: the label of a date has often one of its own.
    """
    around = (here for here in (node, node.getparent()) if here is not None)
    for here in around:
        before, is_there, _ = fold(" ".join(islice(here.itertext(), MAX_PIECES))[:MAX_AROUND_CHARS]).partition(line)
        if is_there and before:
            return re.split(r"\d", before)[-1]
    return ""


def _day(line: str) -> tuple[str, int] | None:
    """
    `(day, where it begins)` of the first date in a line that calls no day of change.
    """
    if len(_NUMBER.findall(line)) < MIN_NUMBERS:
        return None
    found = next((match for pattern in _PATTERNS if (match := pattern.search(line))), None)
    if found is None or _CHANGED.search(line[: found.start()]):
        return None
    groups = {name.rstrip("2"): text for name, text in found.groupdict().items() if text}
    first, name = int(groups["day"]), groups["month"]
    if name.isdigit():
        second = int(name)
        # With slashes, which of the two is the month depends on the country: only a day past the twelfth tells.
        if "/" in found[0] and found.re is _NUMERIC and first < 13 and first != second:
            first, second = (second, first) if second > 12 else (0, 0)
    else:
        second = next((_BY_PREFIX[name[:size]] for size in (6, 5, 4, 3) if name[:size] in _BY_PREFIX), 0)
    day = _write(groups["year"], second, first)
    return (day, found.start()) if day else None


def _write(year: str, month: int, day: int) -> str | None:
    return f"{year}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else None
