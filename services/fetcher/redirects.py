"""
Where a redirect leads, and whether this request may follow it. The client asks; nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.fetcher.answers import Failure, Fetch, Redirected
from services.fetcher.robots import rules_for
from services.fetcher.settings import FetcherSettings
from services.fetcher.urls import host_of, normalise, origin_of, port_of

STATUSES = frozenset({301, 302, 303, 307, 308})

MAX_ROBOTS_HOPS = 5
"""RFC 9309, 2.3.1.2: at least five redirects of a robots.txt are followed, to other hosts too."""

MAX_PAUSE_S = 5.0
"""A host that wants a longer pause gets the next hop as a request of its own, so that no request waits that long."""


@dataclass(frozen=True)
class Hop:
    """
    One answer on the way.

    Attributes:
        asked: The URLs asked so far in this request, this answer's last.
        is_marked: It set a cookie that was not set before: the same URL may answer otherwise now.
    """

    asked: tuple[str, ...]
    status: int
    headers: Mapping[str, str]
    at: datetime
    is_marked: bool = False


def next_url(fetch: Fetch, hop: Hop, settings: FetcherSettings) -> str | Redirected | Failure | None:
    """
    Say how to go on after an answer.

    Returns:
        None: It is no redirect; read it.
        A URL: Follow it, on the same origin (or, for a robots.txt, on the same host).
        Redirected: It leads elsewhere, and becomes a request of its own.
        Failure: It leads nowhere.
    """
    location = hop.headers.get("location")
    if hop.status not in STATUSES or not location:
        return None
    url = hop.asked[-1]
    try:
        target = normalise(location, url)
    except ValueError as error:
        return _failed(hop, "INVALID_LOCATION", f"{location[:200]!r}: {error}")
    before = (*fetch.chain, *hop.asked)
    if target in before and not hop.is_marked:
        return _failed(hop, "REDIRECT_LOOP", " -> ".join((*before, target)))
    if len(before) > (MAX_ROBOTS_HOPS if fetch.kind == "robots" else settings.max_redirects):
        return _failed(hop, "TOO_MANY_REDIRECTS", " -> ".join(before))
    return _to_rules(hop, before, target) if fetch.kind == "robots" else _onward(fetch, hop, target, settings)


def _to_rules(hop: Hop, before: tuple[str, ...], target: str) -> str | Redirected:
    """
    Another host's turn has to come first: it may be asked for something else just now.
    """
    url = hop.asked[-1]
    return target if host_of(target) == host_of(url) else Redirected(url, target, before, hop.status, hop.at)


def _onward(fetch: Fetch, hop: Hop, target: str, settings: FetcherSettings) -> str | Redirected | Failure:
    url, before = hop.asked[-1], (*fetch.chain, *hop.asked)
    if origin_of(target) != origin_of(url) or fetch.delay_s > MAX_PAUSE_S:
        return Redirected(url, target, before, hop.status, hop.at)
    if not rules_for(fetch.robots, settings.robots_token).is_allowed(target):
        return _failed(hop, "ROBOTS_DISALLOWED", f"{url} leads to {target}")
    return target


def port_failure(url: str, chain: tuple[str, ...], settings: FetcherSettings) -> Failure | None:
    """
    The refusal of a URL whose port is not among those that may be dialled.
    """
    if port_of(url) in settings.allowed_ports:
        return None
    return Failure(url, "PORT_REFUSED", f"port {port_of(url)} is not allowed", is_final=True, chain=chain)


def _failed(hop: Hop, reason: str, detail: str) -> Failure:
    return Failure(hop.asked[-1], reason, detail, is_final=True, chain=hop.asked[:-1])
