"""
Captions of images: what they show, apart from who took them.
"""

from __future__ import annotations

import re

from services.cleaner.lines import tidy

MAX_CREDIT_CHARS = 120

MAX_END_CHARS = 240
"""Of the end of a caption, in which a credit is looked for."""

_WORD = (
    r"(?:photos?|photograph|photo credit|image credit|image source|images?|pictures?|picture credit|credits?"
    r"|credit line|courtesy"
    r"|fotos?|bild(?:er|quelle|nachweis)?|quelle|photographie|credit photo|credits photo|illustration|imagen|imagem"
    r"|immagine"
    r"|foto|fotografia|cr[eé]dito|beeld|zdj[eę]cie|fot|kuva|ph|фото|φωτο|foto[gğ]raf)"
)
_LABEL = re.compile(rf"(?:©|\(c\)|📷|\b{_WORD}\.?(?:\s(?:by|von|par|de|di|av|af))?\s?[:：/©])[\s:©]*", re.IGNORECASE)
_LABELS = re.compile(rf"^(?:{_LABEL.pattern})+", re.IGNORECASE)
_AGENCY = re.compile(r"/|\bvia\b|AP|AFP|Reuters|Getty|dpa|EPA|EFE|ANSA")
_BRACKET = re.compile(r"[(\[]([^()\[\]]{2,120})[)\]]$")


def split_credit(text: str) -> tuple[str | None, str | None]:
    """
    Split a caption into `(what it shows, who made it)`, each None where it is not there.

    A credit stands at the end, after a word or a sign for it, or in brackets with the name of an agency.
    """
    text = tidy(text)
    if not text:
        return None, None
    before, end = text[:-MAX_END_CHARS], text[-MAX_END_CHARS:]
    for label in _LABEL.finditer(end):
        credit = _LABELS.sub("", end[label.end() :]).strip(" .)]")
        if credit and len(credit) <= MAX_CREDIT_CHARS:
            return (before + end[: label.start()]).strip(" -–—|(,[") or None, credit
    bracket = _BRACKET.search(end)
    if bracket and bracket.start() and _AGENCY.search(bracket[1]):
        return (before + end[: bracket.start()]).strip(" -–—|(,") or None, bracket[1].strip(" .")
    return text or None, None
