"""
Lines at the top of a body that repeat what has a field of its own: the headline, the byline, the date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from schemas.parts import Author
from services.cleaner.dates import parse_stated
from services.cleaner.document import Body, Cut, Passage
from services.cleaner.lines import fold
from services.cleaner.names import split_names

TOP_PARAGRAPHS = 6
"""How far down such a line may stand."""

MAX_LINE_CHARS = 120

_BY = re.compile(
    r"(?:(?:written|posted|published|reported|story|text|words)\s+)?(?:by|von|par|por|di|door|av|af|przez|autor(?:in|a)?|author"
    r"|автор|yazan|kaynak)\b[\s:]+",
    re.IGNORECASE,
)
_DATE_LEAD = re.compile(
    r"(?:(?:first |last |originally )?(?:published|updated|posted|modified|created)|stand"
    r"|aktualisiert(?: am)?|veröffentlicht(?: am)?"
    r"|publié(?: le)?|mis à jour(?: le)?|publicado|actualizado|pubblicato(?: il)?|aggiornato|opublikowano|gepubliceerd"
    r"|bijgewerkt|yayınlanma|güncelleme|publicerad|uppdaterad|date)\b\s*(?:on|at|am|le|el|il|em|op)?\s*:?\s*",
    re.IGNORECASE,
)
_TIME_WORDS = re.compile(
    r"[\d\s:.,/|·•\-–—+()]|(?:at|um|uhr|à|a las|alle|ore|h|am|pm|a\.m|p\.m"
    r"|gmt|utc|[cem][es]?[sd]?t|bst|ist|et|pt|updated|published)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")


def strip_repeats(body: Body, titles: Iterable[str], authors: Iterable[Author]) -> Body:
    """
    Cut the headline (in any of the forms in which the page states it), the byline and the date from the top.
    """
    folded = {fold(title) for title in titles if title}
    names = {fold(author.name) for author in authors}
    top = [part for part in body if isinstance(part, Passage)][:TOP_PARAGRAPHS]
    cuts = {id(part): Cut(rule, part.text) for part in top if (rule := _rule(part.text, folded, names))}
    return tuple(cuts.get(id(part), part) for part in body)


def _rule(paragraph: str, titles: set[str], names: set[str]) -> str | None:
    if fold(paragraph) in titles:
        return "title-repeated"
    if len(paragraph) > MAX_LINE_CHARS:
        return None
    if _is_byline(paragraph, names):
        return "byline"
    return "date-line" if _is_date_line(paragraph) else None


def _is_byline(line: str, names: set[str]) -> bool:
    if fold(line) in names:
        return True
    lead = _BY.match(line)
    if not lead:
        return False
    found = [fold(name) for name in split_names(line[lead.end() :])]
    return bool(found) and found[0] in names


def _is_date_line(line: str) -> bool:
    lead = _DATE_LEAD.match(line)
    stated = line[lead.end() :] if lead else line
    words = [word for word in _WORD.findall(_TIME_WORDS.sub(" ", stated)) if len(word) > 1]
    return len(stated) <= 60 and len(words) <= 2 and parse_stated(stated) is not None
