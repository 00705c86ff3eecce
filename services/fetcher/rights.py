"""
What a publisher reserves: directives for robots, and the TDM Reservation Protocol (W3C Community Group, 2024), in
headers, in the page, and in a file of the host.

    headers, head --seen--> Rights --with_rule (the host's file)--> Rights --reserved--> noai, tdm
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from schemas.parts import Reservation, Rights
from schemas.state import TdmRule
from services.fetcher.head import Head
from services.fetcher.robots import matches
from services.fetcher.urls import origin_of

MAX_RULES = 200
"""Of one tdmrep.json; what lies behind is ignored."""

MAX_FILE_BYTES = 256 * 1024

MAX_DIRECTIVES, MAX_CHARS = 50, 200

NO_AI = "noai"


def tdm_url(url: str) -> str:
    """
    Where the reservations of a normalised URL's host are.
    """
    return f"{origin_of(url)}/.well-known/tdmrep.json"


def seen(headers: Mapping[str, str], head: Head, agent: str) -> Rights | None:
    """
    What an answer states, in its headers and its page; None where it states nothing.

    Of the protocol's places the nearest to the page counts: its own metadata before the header.

    Args:
        headers: By lower-case name.
        head: Of the start of the page.
        agent: Our product token, in lower case: some directives are for one agent only.
    """
    stated = {name: content for name, content in head.metas if name not in {"robots", agent}}
    in_page = [content for name, content in head.metas if name in {"robots", agent}]
    directives = _directives([headers.get("x-robots-tag", ""), *in_page])
    tdm: dict[str, Any] = {}
    for source, found in (("meta", stated), ("header", headers)):
        reservation = found.get("tdm-reservation", "").partition(",")[0].strip()
        if reservation in {"0", "1"}:
            tdm = {"tdm_reservation": reservation == "1", "tdm_policy": _policy(found.get("tdm-policy"))}
            tdm["tdm_source"] = source
            break
    return Rights(robots=directives, **tdm) if directives or tdm else None


def with_rule(rights: Rights | None, rule: TdmRule | None) -> Rights | None:
    """
    The same, with what the host's file says of the page, where nothing nearer does.
    """
    if rule is None or (rights is not None and rights.tdm_reservation is not None):
        return rights
    stated = {"tdm_reservation": rule.is_reserved, "tdm_policy": rule.policy, "tdm_source": "file"}
    return (rights or Rights()).model_copy(update=stated)


def reserved(rights: Rights | None, agent: str) -> list[Reservation]:
    """
    What of it is a reservation: `noai` for everybody or for us, and a reservation of text and data mining.
    """
    if rights is None:
        return []
    found: list[Reservation] = ["noai"] if {NO_AI, f"{agent}: {NO_AI}"} & set(rights.robots) else []
    return [*found, "tdm"] if rights.tdm_reservation else found


def read_rules(body: bytes) -> tuple[TdmRule, ...]:
    """
    The rules of a tdmrep.json; what is none is left out, and a document that is something else has none.
    """
    try:
        document = json.loads(body[: MAX_FILE_BYTES + 1]) if len(body) <= MAX_FILE_BYTES else None
    except (ValueError, RecursionError):
        return ()
    found = [_rule(given) for given in document[:MAX_RULES]] if isinstance(document, list) else []
    return tuple(rule for rule in found if rule is not None)


def rule_for(rules: Sequence[TdmRule], url: str) -> TdmRule | None:
    """
    The rule for a URL: of those whose location matches, as in robots.txt, the longest.
    """
    return max(
        (rule for rule in rules if matches(rule.location, url)), key=lambda rule: len(rule.location), default=None
    )


def _rule(given: Any) -> TdmRule | None:
    if not isinstance(given, dict) or not isinstance(given.get("location"), str):
        return None
    if given.get("tdm-reservation") not in (0, 1):
        return None
    policy = given.get("tdm-policy")
    return TdmRule(
        location=given["location"][:MAX_CHARS],
        is_reserved=given["tdm-reservation"] == 1,
        policy=_policy(policy) if isinstance(policy, str) else None,
    )


def _directives(stated: Sequence[str]) -> list[str]:
    """
    Each once, in lower case, in the order in which they are stated. One may be for an agent: `bot: noindex`.
    """
    parts = (" ".join(part.lower().split()) for text in stated for part in text.split(","))
    return list(dict.fromkeys(part[:MAX_CHARS] for part in parts if part))[:MAX_DIRECTIVES]


def _policy(stated: str | None) -> str | None:
    return (stated or "").strip()[:1000] or None
