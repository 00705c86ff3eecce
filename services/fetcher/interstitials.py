"""
Pages that only stand before others: a choice about cookies that one was redirected to, or one that leads on by itself.

They are named, and not followed: what lies behind is to be had only by consenting, or by pretending to be a browser.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from services.fetcher.answers import Answer
from services.fetcher.head import Head
from services.fetcher.listings import first_url
from services.fetcher.urls import host_of

AT_ONCE_S = 5.0
"""A page that refreshes itself later than that is meant to be read."""

_REFRESH = re.compile(r"\s*([0-9]{1,6})(?:\.[0-9]*)?\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"']+)", re.IGNORECASE)
_CONSENT_HOST = re.compile(r"(?:consent|guce|myprivacy|cookiewall|privacy-?(?:gate|wall|center))\.", re.IGNORECASE)
_CONSENT_PATH = re.compile(
    r"/(?:[a-z]{2}/)?(?:consent|cookie-?(?:consent|wall)|privacy-?(?:gate|wall))(?:[/.]|$)", re.IGNORECASE
)


def interstitial(answer: Answer, head: Head, came_from: tuple[str, ...]) -> tuple[str, str] | None:
    """
    Reason and detail, where an answer is such a page: CONSENT_WALL or META_REFRESH.

    Args:
        answer: A page.
        head: Its start.
        came_from: URLs that led to it; the same path on another host is no detour.
    """
    url = answer.url
    if came_from and _asks_for_consent(url, came_from[0]):
        return "CONSENT_WALL", f"{came_from[0]} leads to {url}"
    target = _target(answer, head)
    return None if target is None else ("META_REFRESH", f"{url} leads to {target}")


def _asks_for_consent(url: str, before: str) -> bool:
    path = urlsplit(url).path
    is_detour = urlsplit(before).path != path
    return is_detour and bool(_CONSENT_HOST.match(host_of(url)) or _CONSENT_PATH.match(path))


def _target(answer: Answer, head: Head) -> str | None:
    """
    Where a page sends its readers at once; for those without scripts, within `noscript`, does not count.
    """
    for stated in (answer.headers.get("refresh"), *head.refresh):
        found = _REFRESH.match(stated or "")
        target = first_url((found[2].strip(), answer.url)) if found and float(found[1]) <= AT_ONCE_S else None
        if target is not None and target != answer.url:
            return target
    return None
