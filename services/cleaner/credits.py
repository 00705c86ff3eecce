"""
Captions of images: what they show, apart from who took them.
"""

from __future__ import annotations

import re

from services.cleaner.lines import tidy

MAX_CREDIT_CHARS = 120

_WORD = (
    r"(?:photos?|photograph|photo credit|image credit|image source|images?|pictures?|picture credit|credits?"
    r"|credit line|courtesy"
    r"|fotos?|bild(?:er|quelle|nachweis)?|quelle|photographie|credit photo|credits photo|illustration|imagen|imagem"
    r"|immagine"
    r"|foto|fotografia|cr[eé]dito|beeld|zdj[eę]cie|fot|kuva|ph|фото|φωτο|foto[gğ]raf)"
)
_TRAILING = re.compile(
    rf"^(?P<caption>.*?)[\s(\[|–—-]*\b(?P<credit>{_WORD}\.?(?:\s+(?:by|von|par|de|di|av|af))?\s*[:：/©]\s*.+?)[)\]\s]*$",
    re.IGNORECASE | re.DOTALL,
)
_SIGN = re.compile(r"^(?P<caption>.*?)[\s(\[|–—-]*(?P<credit>(?:©|\(c\)|📷).+?)[)\]\s]*$", re.IGNORECASE | re.DOTALL)
_BRACKET = re.compile(
    r"^(?P<caption>.+?)\s*[(\[](?P<credit>[^()\[\]]{2,80}?(?:/|\bvia\b|AP|AFP|Reuters|Getty|dpa|EPA|EFE"
    r"|ANSA)[^()\[\]]{0,60})[)\]]\s*$"
)
_LABEL = re.compile(rf"^(?:©|\(c\)|📷|{_WORD}\.?(?:\s+(?:by|von|par|de|di|av|af))?\s*[:：/©])[\s:©]*", re.IGNORECASE)


def split_credit(text: str) -> tuple[str | None, str | None]:
    """
    Split a caption into `(what it shows, who made it)`, each None where it is not there.

    A credit stands at the end, after a word or a sign for it, or in brackets with the name of an agency.
    """
    text = tidy(text)
    for pattern in (_TRAILING, _SIGN, _BRACKET):
        found = pattern.match(text)
        if found and len(found["credit"]) <= MAX_CREDIT_CHARS:
            caption = found["caption"].strip(" -–—|(,") or None
            return caption, _LABEL.sub("", found["credit"]).strip(" .)") or None
    return text or None, None
