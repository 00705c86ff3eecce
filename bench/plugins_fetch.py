"""
The fetcher's decisions as conformance suites call them: each runs exactly what the service runs.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from services.fetcher.addresses import may_dial
from services.fetcher.listings import NotAListError
from services.fetcher.lists import TooLargeListError, read_list, unpacked
from services.fetcher.robots import decode_robots, rules_for
from services.fetcher.settings import FetcherSettings
from services.fetcher.urls import host_of, normalise, port_of

SETTINGS = FetcherSettings()
LOCAL_NAMES = ("localhost", ".localhost")
"""RFC 6761: these resolve to loopback everywhere; any other name is judged by the address that is dialled for it."""


def allowed_address(url: str) -> bool:
    """
    Whether a connection to a URL, or to a bare address, would be let out. A name is judged when it is dialled.
    """
    try:
        target = normalise(url if "://" in url else f"http://{_bracketed(url)}/")
        host, port = host_of(target), port_of(target)
    except ValueError:
        return False
    if port not in SETTINGS.allowed_ports or host == LOCAL_NAMES[0] or host.endswith(LOCAL_NAMES[1]):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return may_dial(host, ())


def _bracketed(address: str) -> str:
    return f"[{address}]" if address.count(":") > 1 and not address.startswith("[") else address


def robots_allowed(robots_txt: bytes, agent: str, url: str) -> bool:
    """
    Whether an agent may ask for a URL.
    """
    return rules_for(decode_robots(robots_txt), agent).is_allowed(url)


def feed_items(body: bytes, url: str, content_type: str) -> list[dict[str, Any]]:
    """
    `url`, `title` and `published` (as stated) of each entry; empty where the document is no list. The service passes by
    entries without a usable link; a suite that counts entries is told of them.
    """
    try:
        listing = read_list(unpacked(body), url, content_type)
    except (NotAListError, TooLargeListError):
        return []
    stated = [(entry.url, entry.hints) for entry in listing.entries]
    return [{"url": link, "title": hints.title or "", "published": hints.published} for link, hints in stated]
