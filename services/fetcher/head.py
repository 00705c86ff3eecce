"""
The start of a page, parsed once for all that is read off it: which article it is, what its publisher reserves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

HEAD_BYTES = 256 * 1024
"""Where a page states such things, if it does; the head of the largest pages measured ends far before."""

_BODY = re.compile(rb"<body[\s/>]", re.IGNORECASE)
_META = re.compile(rb"<meta", re.IGNORECASE)

_PROBE = b"<body>-"
"""Puts text into the body, unless it stands where none begins: within a comment, a script, another's attribute."""


@dataclass(frozen=True)
class Head:
    """
    What is wanted of the start of a page, each in the page's order.

    Attributes:
        canonical: Where its links to a canonical page lead. Only the head counts: one in the body may be a reader's.
        refresh: Its statements that it leads on by itself; not those within `noscript`.
        metas: Names, in lower case, and contents, wherever they stand.
    """

    canonical: tuple[str, ...] = ()
    refresh: tuple[str, ...] = ()
    metas: tuple[tuple[str, str], ...] = ()


def read_head(body: bytes) -> Head:
    """
    Parse the start of a body, undecoded: what is looked for is ASCII in every encoding that is in use, but for UTF-16.

    Nothing of the body is wanted but its metas: of a page that has none there, and nearly none has, only the head is
    parsed, which is a fraction of it. Elements are taken by their names, as a selector costs more than the parsing.
    """
    start = body[:HEAD_BYTES]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "ignore").encode()
    page = _only_head(start) or LexborHTMLParser(start)
    metas = [(meta, meta.attributes) for meta in page.tags("meta")]
    links = [(link, link.attributes) for link in page.tags("link")]
    return Head(
        tuple(href for link, stated in links if "rel" in stated and (href := _canonical(stated)) and _is_in_head(link)),
        tuple(
            content
            for meta, stated in metas
            if "http-equiv" in stated and (content := _refresh(stated)) and _is_child_of_head(meta)
        ),
        tuple(
            ((stated["name"] or "").strip().lower(), (stated["content"] or "").strip())
            for _, stated in metas
            if "name" in stated and "content" in stated
        ),
    )


def _only_head(start: bytes) -> LexborHTMLParser | None:
    """
    The head, if it is over where the body seems to begin.
    """
    found = _BODY.search(start)
    if found is None or _META.search(start, found.start()) is not None:
        return None
    head = LexborHTMLParser(start[: found.start()] + _PROBE)
    return head if head.body is not None and head.body.text() else None


def _canonical(link: Mapping[str, str | None]) -> str | None:
    return link.get("href") if "canonical" in (link["rel"] or "").lower().split() else None


def _refresh(meta: Mapping[str, str | None]) -> str | None:
    return meta.get("content") if (meta["http-equiv"] or "").lower() == "refresh" else None


def _is_child_of_head(node: LexborNode) -> bool:
    return node.parent is not None and node.parent.tag == "head"


def _is_in_head(node: LexborNode) -> bool:
    within: LexborNode | None = node
    while within is not None and within.tag != "head":
        within = within.parent
    return within is not None
