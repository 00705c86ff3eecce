"""
Lines of a body that repeat what has a field of its own: headline, byline and date at the top, the authors' lives at
the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from schemas.parts import Author
from services.cleaner.document import Body, Cut, Passage
from services.cleaner.lines import fold
from services.cleaner.metadata.dates import parse_stated
from services.cleaner.metadata.names import split_names

TOP_PARAGRAPHS = 6
"""How far down such a line may stand."""

END_PARAGRAPHS = 4
"""How far from the end a few words about an author may stand."""

MAX_LINE_CHARS = 120
MAX_LIFE_CHARS = 500
MAX_DATE_CHARS = 60
ROLE_CHARS = 60
"""A trade stands so near behind the name: "Ann Lee is our correspondent in ..."."""

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
_ROLE = re.compile(
    r"\b(?:reporter|journalis|editor|correspond|korrespond|corrispondent|redakt|redact|rédact|columnist|kolumn|writer"
    r"|author|autor|auteur|periodist|giornalist|verslaggev|dziennikar|gazeteci|muhabir|újságíró|toimittaj|novinář"
    r"|jornalist|журналист|корреспондент|редактор|журналіст|δημοσιογράφ|wartawan|nhà báo|phóng viên)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|(?<![\w.])@\w{2,}")
_WORD = re.compile(r"[^\W\d_]+")


def strip_repeats(body: Body, titles: Iterable[str], authors: Iterable[Author]) -> Body:
    """
    Cut the headline (in any of the forms in which the page states it), the byline and the date from the top, and what
    is said about the authors from the end.
    """
    folded = {fold(title) for title in titles if title}
    names = {fold(author.name) for author in authors}
    top = [part for part in body if isinstance(part, Passage)][:TOP_PARAGRAPHS]
    cuts = {id(part): Cut(rule, part.text) for part in top if (rule := _rule(part.text, folded, names))}
    end = [part for part in body if isinstance(part, Passage)][1:][-END_PARAGRAPHS:]
    cuts |= {id(part): Cut("author-bio", part.text) for part in end if _is_life(part.text, names)}
    return tuple(cuts.get(id(part), part) for part in body)


def _rule(paragraph: str, titles: set[str], names: set[str]) -> str | None:
    if fold(paragraph) in titles:
        return "title-repeated"
    if len(paragraph) > MAX_LINE_CHARS:
        return None
    if _is_byline(paragraph, names):
        return "byline"
    return "date-line" if _is_date_line(paragraph) else None


def _is_life(paragraph: str, names: set[str]) -> bool:
    """
    Is this about an author: the full name first, then a trade or an address?
    """
    if len(paragraph) > MAX_LIFE_CHARS:
        return False
    folded = fold(paragraph)
    lead = max((len(name) for name in names if " " in name and folded.startswith(name)), default=0)
    if not lead or folded[lead : lead + 1].isalnum():
        return False
    return bool(_ROLE.search(folded, lead, lead + ROLE_CHARS) or _ADDRESS.search(paragraph))


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
    if len(stated) > MAX_DATE_CHARS:
        return False
    words = [word for word in _WORD.findall(_TIME_WORDS.sub(" ", stated)) if len(word) > 1]
    return len(words) <= 2 and parse_stated(stated) is not None
