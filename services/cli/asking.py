"""
Fetching one page without Kafka, with the fetcher's own rules: robots.txt, redirects, limits, addresses.
"""

from __future__ import annotations

from collections.abc import Mapping

from schemas.events import PageFetched
from services.cli.trial import End
from services.fetcher.client import Client
from services.fetcher.once import fetch_once
from services.fetcher.settings import FetcherSettings

KEPT_AS_LETTERS = frozenset({"BODY_TOO_LARGE", "DECOMPRESSION_BOMB", "UNREADABLE_BODY"})
"""Refusals that the running service would keep as dead letters; all others are expected ends, and counted."""


async def ask(url: str, environ: Mapping[str, str]) -> PageFetched | End:
    """
    Return the page, or why there is none.

    Raises:
        SettingsError: A variable of the fetcher does not fit.
    """
    settings = FetcherSettings.from_environ(environ)
    client = Client(settings)
    try:
        found = await fetch_once(url, settings, client)
    finally:
        await client.close()
    if isinstance(found, PageFetched):
        return found
    outcome = "deadletter" if found.reason in KEPT_AS_LETTERS else "drop"
    return End("fetcher", outcome, found.reason, found.detail)
