"""
Which article a page is. Decided once, here: a pure function of the final URL and of the page's canonical link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from schemas.ids import article_id
from schemas.sites import site_of
from services.fetcher.head import Head
from services.fetcher.urls import is_site_root, normalise

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s\",;]*))?)*)")
_CANONICAL = re.compile(r";\s*rel\s*=\s*(?:\"(?:[^\"]*\s)?canonical(?:\s[^\"]*)?\"|canonical(?![\w-]))", re.IGNORECASE)


@dataclass(frozen=True)
class Identity:
    """
    What a page is.

    Attributes:
        article_id: Of the article that the page is a version of.
        canonical_url: As the page states it, resolved but believed or not.
    """

    article_id: UUID
    canonical_url: str | None


def identify(url: str, headers: Mapping[str, str], head: Head) -> Identity:
    """
    Decide which article a page is.

    The canonical link counts only on the page's own site, and never where it is a front page, so that no page can pass
    for another publisher's article. A page that states several different ones is believed in none.

    Args:
        url: Final URL, normalised.
        headers: By lower-case name.
        head: Of its start.
    """
    stated = _stated(url, headers, head)
    believed = [link for link in stated if _is_believable(link, url)]
    is_clear = len(believed) == 1 and len(stated) == 1
    return Identity(article_id(believed[0] if is_clear else url), stated[0] if stated else None)


def _is_believable(link: str, url: str) -> bool:
    return site_of(link) == site_of(url) and not is_site_root(link)


def _stated(url: str, headers: Mapping[str, str], head: Head) -> list[str]:
    """
    The different canonical links of a page, the header's first.
    """
    links = [*_in_header(headers.get("link", "")), *head.canonical]
    return list(dict.fromkeys(found for link in links if (found := _resolved(link, url)) is not None))


def _resolved(link: str, url: str) -> str | None:
    try:
        return normalise(link, url)
    except ValueError:
        return None


def _in_header(value: str) -> list[str]:
    """
    RFC 8288: `<url>; rel="canonical"`, several joined by commas.
    """
    return [found[1] for found in _LINK.finditer(value[:8192]) if _CANONICAL.search(found[2])]
