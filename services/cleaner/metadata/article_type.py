"""
What kind of article a page is, in schema.org's words: what it states, else what its address and section call it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from schemas.parts import Provenance
from services.cleaner.lines import fold
from services.cleaner.page.linked_data import as_list, text_of
from services.cleaner.page.signals import Signals

PRESS_RELEASE = "PressRelease"
"""schema.org has no word for it."""

SPECIFIC = (
    "LiveBlogPosting", "OpinionNewsArticle", "AnalysisNewsArticle", "ReviewNewsArticle", "ReportageNewsArticle",
    "BackgroundNewsArticle", "AskPublicNewsArticle", "SatiricalArticle", "AdvertiserContentArticle", "ImageGallery",
    PRESS_RELEASE,
)  # fmt: skip
"""Types that say more than that it is an article; of several, the first is taken."""

SOURCES = ("json-ld", "meta", "url", "section", "json-ld-general")

GENERAL = ("NewsArticle", "Report", "Recipe", "Review", "BlogPosting", "TechArticle", "ScholarlyArticle", "Article")

_ALIASES = {"MediaGallery": "ImageGallery", "AnalysisArticle": "AnalysisNewsArticle", "Gallery": "ImageGallery"}
_WORDS = {
    "OpinionNewsArticle": "opinion opinions opinioni opiniao meinung meinungen kommentar kommentare kommentarer tribune"
    " tribunes editorial editorials opinie mening debatt debat mielipide nazory komentare komentarze gorus mnenie"
    " columnists columnas op-ed oped leserbriefe",
    "LiveBlogPosting": "liveblog live-blog liveticker live-ticker newsticker en-direct minuto-a-minuto diretta",
    "ImageGallery": "gallery galleries galerie galeries galeria galerias galleria bildergalerie bildergalerien"
    " fotostrecke fotostrecken diaporama fotogalerie fotogaleria fotogallery slideshow slideshows bildserie"
    " photo-gallery",
    "VideoObject": "video videos mediathek",
    PRESS_RELEASE: "press-release press-releases pressrelease pressreleases pressemitteilung pressemitteilungen"
    " pressemeldung pressemeldungen medienmitteilung medienmitteilungen communique-de-presse communiques-de-presse"
    " comunicado-de-prensa comunicati-stampa persbericht persberichten pressmeddelande pressmeddelanden",
    "AdvertiserContentArticle": "sponsored sponsored-content advertorial advertorials paid-post partner-content"
    " brandcontent branded-content",
}
_BY_WORD = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_SEGMENT = re.compile(r"[a-z][a-z-]+")


def find_type(signals: Signals) -> tuple[str | None, Provenance | None]:
    """
    The type of an article; None where nothing tells it.

    A general type that is stated gives way to a more specific one that the address or the section tells: most systems
    call everything an Article.
    """
    stated = {
        _ALIASES.get(str(kind), str(kind)) for node in signals.linked.nodes for kind in as_list(node.get("@type"))
    }
    if specific := next((kind for kind in SPECIFIC if kind in stated), None):
        return specific, Provenance(source="json-ld")
    if (signals.meta_first("article:opinion") or "").lower() == "true":
        return "OpinionNewsArticle", Provenance(source="meta")
    if (signals.meta_first("og:type") or "").lower().startswith("video"):
        return "VideoObject", Provenance(source="meta")
    for source, words in (("url", _folders(signals.url)), ("section", _sections(signals))):
        if told := next((_BY_WORD[word] for word in words if word in _BY_WORD), None):
            return told, Provenance(source=source)
    general = next((kind for kind in GENERAL if kind in stated), None)
    return general, Provenance(source="json-ld-general") if general else None


def _folders(url: str) -> Iterator[str]:
    """
    The folders of an address; its last part is the article's own.
    """
    yield from (part for part in unquote(urlsplit(url).path).lower().split("/")[1:-1] if _SEGMENT.fullmatch(part))


def _sections(signals: Signals) -> Iterator[str]:
    stated = [text_of(value) for value in as_list(signals.linked.first("articleSection"))]
    for text in (*stated, signals.meta_first("article:section")):
        if text:
            yield fold(text).replace(" ", "-")
