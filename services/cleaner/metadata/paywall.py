"""
Whether an article may be read for free, and whether the text at hand ends where its paywall begins.

Many publishers deliver the whole text and hide it by script: that an article is not free says nothing of the text. So a
cut is told only by the text itself, which asks for a subscription, breaks off, or is shorter than stated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from schemas.parts import Provenance, Truncation
from services.cleaner.lines import fold
from services.cleaner.page.linked_data import lines_of, text_of
from services.cleaner.page.signals import Signals

SOURCES = ("json-ld", "meta")
MAX_PROMPT_CHARS = 300
LAST = 4
"""Paragraphs at the end in which a prompt is looked for; below it stand offers."""

MIN_SHARE = 0.6
"""Of the stated length; a text that has less is cut."""

_TIERS = {"free": True, "metered": False, "locked": False, "premium": False, "paid": False}
_COUNT = re.compile(r"\d{1,7}")
_BROKEN = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])['\"”’»)]*$")
_VERB = (
    r"(?:subscribe|sign up|log ?in|sign in|register|become a (?:member|subscriber)|start your (?:free )?trial"
    r"|abonnieren"
    r"|anmelden|einloggen|registrieren|freischalten|abonnez-vous|s'abonner|connectez-vous|identifiez-vous"
    r"|suscrib\w+|inicia sesion|registrate|hazte socio|abbonati|accedi|registrati|assine|assinar|faca login"
    r"|abonneer|word abonnee|log in|zaloguj|kup dostep|wykup|bli prenumerant|logga in|bliv abonnent|bli abonnent"
    r"|tilaa|kirjaudu"
    r"|predplat\w+|prihlas\w+|elofizet\w+|подпи\w+|оформите|передплат\w+|abone ol|giris yap)"
)
_READ = (
    r"(?:(?:to )?(?:continue|keep) reading|(?:to )?read (?:the )?(?:full|more|rest|entire|whole)|full access"
    r"|unlimited access"
    r"|to (?:read|access|unlock|view)|weiterlesen|weiter lesen|vollstandigen? (?:artikel|text)|ganzen? artikel"
    r"|alle artikel"
    r"|lire la suite|pour (?:lire|continuer|acceder)|(?:reste|reserve) a nos abonnes|seguir leyendo"
    r"|(?:para )?(?:continuar|seguir) (?:leyendo|lendo)"
    r"|para (?:leer|ler|acceder|acessar)|per (?:leggere|continuare|accedere)|continua a leggere|verder te? ?lezen"
    r"|lees verder|om verder"
    r"|czytac dalej|aby (?:przeczytac|czytac)|fortsatt lasa|for att lasa|las vidare|laes videre|for at laese"
    r"|les videre|for a lese"
    r"|jatkaaksesi|lukeaksesi|docist|cely clanek|teljes cikk|читать (?:далее|полностью)|чтобы (?:читать|прочитать)"
    r"|devamini oku)"
)
_ASKED = re.compile(rf"\b{_VERB}\b")
_PROMPT = re.compile(rf"\b{_VERB}\b.{{0,80}}{_READ}|{_READ}.{{0,80}}\b{_VERB}\b")
"""What is not asked for is no reason to look for both: that takes several times as long."""

_READERS = (
    "subscribers", "members", "is for paid", "is for paying", "abonn", "mitglieder", "suscriptores", "abbonati",
    "assinantes", "prenumeratorow", "subskrybentow",
)  # fmt: skip
"""Whom a text is reserved for: one of these is in all that `_RESERVED` matches."""

_RESERVED = re.compile(
    r"\b(?:this|the) (?:article|content|story|post) is (?:for|available to|reserved for|only for) (?:paid |paying "
    r"|premium )?"
    r"(?:subscribers|members)|(?:this post|this content|this article) is for (?:paid|paying)"
    r"|(?:nur|exklusiv) fur (?:abonnenten|abonnentinnen|mitglieder)|(?:article|contenu) (?:est )?reserve aux abonnes"
    r"|(?:contenido|articulo) (?:es )?(?:exclusivo|solo) para suscriptores|contenuto (?:riservato"
    r"|solo per) (?:agli )?abbonati"
    r"|conteudo exclusivo para assinantes|alleen voor abonnees|(?:tylko|wyłacznie) dla (?:prenumeratorow|subskrybentow)"
)
_UNSPACED = re.compile(
    r"有料会員(?:限定|登録)|続きを(?:読む|お読み)|会員登録.{0,12}続き|订阅后.{0,10}(?:阅读|继续)|付费.{0,10}(?:阅读|全文)"
    r"|유료.{0,10}(?:회원|구독)|구독.{0,12}(?:계속|전문)|للمشتركين فقط|اشترك.{0,20}(?:لقراءة|للمتابعة)"
)


def find_access(signals: Signals) -> tuple[bool | None, Provenance | None]:
    """
    Whether the publisher says that the article may be read without paying.
    """
    stated = _as_bool(signals.linked.first("isAccessibleForFree"))
    if stated is not None:
        return stated, Provenance(source="json-ld")
    tier = _TIERS.get((signals.meta_first("article:content_tier") or "").lower())
    return (tier, Provenance(source="meta")) if tier is not None else (None, None)


def find_truncation(signals: Signals, paragraphs: Sequence[str]) -> Truncation | None:
    """
    Tell a text that a paywall cut.

    Args:
        signals: What the page states.
        paragraphs: Its text, before boilerplate lines are taken out: the prompt is one of them.

    Returns:
        The evidence, or None where the text asks for nothing, and is whole as far as can be told.
    """
    prompt = next((text for text in paragraphs[-LAST:] if _is_prompt(text)), None)
    walls = {
        "stated-not-free": _as_bool(signals.linked.first("isAccessibleForFree")) is False,
        "content-tier": _TIERS.get((signals.meta_first("article:content_tier") or "").lower()) is False,
        "wall-element": bool(signals.marks.walls),
    }
    is_walled = any(walls.values())
    if not (prompt or is_walled):
        return None
    ends = {
        "cut-sentence": bool(paragraphs) and bool(_BROKEN.search(paragraphs[-1])),
        "shorter-than-stated": _is_short(signals, paragraphs),
    }
    if not (prompt or any(ends.values())):
        return None
    told = {**walls, "prompt": prompt is not None, **ends}
    evidence: Any = [name for name, is_told in told.items() if is_told]
    return Truncation(evidence=evidence, prompt=prompt[:200] if prompt else None)


def _as_bool(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get((text_of(value) or "").lower().rpartition("/")[2])


def _is_prompt(text: str) -> bool:
    if len(text) > MAX_PROMPT_CHARS:
        return False
    folded = fold(text)
    if (_ASKED.search(folded) and _PROMPT.search(folded)) or _UNSPACED.search(text):
        return True
    return any(readers in folded for readers in _READERS) and bool(_RESERVED.search(folded))


def _is_short(signals: Signals, paragraphs: Sequence[str]) -> bool:
    words = signals.linked.first("wordCount")
    count = int(words) if _COUNT.fullmatch(str(words or "")) else 0
    whole = lines_of(signals.linked.first("articleBody")) or ""
    found = sum(len(text.split()) for text in paragraphs)
    return 0 < found < MIN_SHARE * max(count, len(whole.split()))
