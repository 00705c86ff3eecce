"""
Notices by which publishers say that an article was corrected.

A notice is a paragraph of its own that begins with a word for it, or that speaks of the article's earlier version. A
story about somebody's correction has the word within its sentences, and is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.cleaner.lines import fold

MAX_NOTICE_CHARS = 1200
MAX_NOTICES = 10
HEAD_CHARS = 240
"""In which a notice calls itself one: twice as many as are looked at, as some are lost where accents are."""

_LABEL = re.compile(
    r"[\W_]*(?:corrections?(?: and clarifications?)?|clarification|corrected|erratum|errata|editor'?s'? note"
    r"|korrektur|korrekturhinweis|berichtigung|richtigstellung|anmerkung der redaktion|hinweis der redaktion"
    r"|correctif|rectificatif|precision|note de la redaction|mise au point"
    r"|correccion|fe de err(?:ores|atas)|rectificacion|nota de la redaccion|aclaracion"
    r"|correzione|errata corrige|rettifica|nota della redazione"
    r"|correcao|errata|errou|nota da redacao|rectificatie|correctie"
    r"|sprostowanie|korekta|rattelse|rattat|rettelse|rettet|retting|oikaisu|korjaus|oprava|helyesbites|erata|corectura"
    r"|διορθωση|исправление|поправка|уточнение|виправлення|уточнення|поправка|duzeltme|ralat|koreksi|dinh chinh)"
    r"(?: (?:made|on|from|vom|am|du|del|de|den)?[^:.]{0,40})?\s*[:：.–—-]",
)
_LABEL_UNSPACED = re.compile(
    r"[\W_]*(?:訂正|更正|勘误|정정|정정보도|바로잡습니다|تصحيح|تصويب|भूल सुधार|सुधार)[^。:：]{0,20}[:：】\])）。\s]"
)
_NOTE = re.compile(r"editor'?s'? note|anmerkung der|hinweis der|note de la|nota d|precision|mise au|уточнен|aclaracion")
# Of folded text, in which й has lost its breve.
_EARLIER = re.compile(
    r"\b(?:an? (?:earlier|previous|original) version of this|(?:this|the) (?:article|story|post|piece|report"
    r"|headline) (?:was|has been)"
    r" (?:amended|corrected|(?:updated|edited|changed) to correct)"
    r"|in einer (?:fruheren|vorherigen|ersten) (?:version|fassung)|(?:dieser|der) (?:artikel|text"
    r"|beitrag) wurde .{0,40}korrigiert"
    r"|une (?:premiere )?version (?:precedente|anterieure|initiale) de (?:cet|ce|l')|cet article a ete (?:corrige"
    r"|rectifie)"
    r"|una version (?:anterior|previa) de est|este articulo (?:ha sido|fue) corregido"
    r"|una (?:precedente versione|versione precedente) di quest|uma versao anterior dest"
    r"|in een eerdere versie van (?:dit|deze)|(?:w|we) (?:poprzedniej|wczesniejszej) wersji"
    r"|i en tidi?(?:gare|ligere|ligere) (?:version|versjon|udgave)|artikkelin aiemmassa versiossa"
    r"|в (?:более раннеи|предыдущеи|первоначальнои) версии|haberin onceki)"
)
_VERSIONS = (
    "versi", "versjon", "versao", "wersji", "fassung", "udgave", "версии", "haberin", "amended", "corr", "korrigiert",
    "rectifie",
)  # fmt: skip
"""One of these is in all that `_EARLIER` matches, and to look for them takes a fraction of the time."""


def find_corrections(paragraphs: Sequence[str]) -> list[str]:
    """
    The notices among the paragraphs of an article, in their order.
    """
    found = [text for text in paragraphs if len(text) <= MAX_NOTICE_CHARS and _is_notice(text)]
    return list(dict.fromkeys(found))[:MAX_NOTICES]


def _is_notice(text: str) -> bool:
    if _LABEL_UNSPACED.match(text[:60]):
        return True
    start = fold(text[:HEAD_CHARS])
    label = _LABEL.match(start)
    if label is None:
        return _tells_of_earlier(start[:120])
    # A note by the editors is one of correction only if it says so.
    return not _NOTE.search(label[0]) or _tells_of_earlier(fold(text[:400]))


def _tells_of_earlier(start: str) -> bool:
    return any(word in start for word in _VERSIONS) and _EARLIER.search(start) is not None
