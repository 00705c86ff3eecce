"""
A request as a trace shows it, by OpenTelemetry's conventions for HTTP clients. A fetch and its redirects are one call.
"""

from __future__ import annotations

from services.fetcher.answers import Answer, Failure, Refuse
from services.fetcher.responses import Fetched
from services.fetcher.urls import host_of, port_of
from services.runtime.stage import Call

METHOD = "GET"
URL_CHARS = 1000
"""Of a URL, at most; some hold whole documents."""

FIRST_ERROR = 400
"""Statuses from here on are errors to a client."""


def call_of(result: Fetched | Refuse) -> Call | None:
    """
    What was asked of a host; nothing, where nobody was asked.
    """
    if isinstance(result, Refuse) or isinstance(result.result, Refuse):
        return None
    answer = result.result
    described: dict[str, str | int] = {
        "http.request.method": METHOD,
        "url.full": answer.url[:URL_CHARS],
        "server.address": host_of(answer.url),
        "server.port": port_of(answer.url),
    }
    if isinstance(answer, Answer | Failure) and answer.chain:
        described["http.request.resend_count"] = len(answer.chain)
    if isinstance(answer, Failure):
        return Call(METHOD, described, answer.reason)
    described["http.response.status_code"] = answer.status
    return Call(METHOD, described, str(answer.status) if answer.status >= FIRST_ERROR else "")
