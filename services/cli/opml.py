"""
OPML 2.0: the lists of feeds that feed readers export (http://opml.org/spec2.opml).

A foreign file: no entity is resolved, nothing is loaded, and its depth does not matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from services.cli.errors import OpmlError

MAX_OPML_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Feed:
    """
    One feed of a list, as it is written there; folders become the label `folder`.
    """

    url: str
    title: str | None
    folder: str | None


def read_opml(data: bytes) -> list[Feed]:
    """
    Return the feeds of an OPML document, in its order, each URL once.

    Raises:
        OpmlError: Not XML, not OPML, or too large.
    """
    if len(data) > MAX_OPML_BYTES:
        raise OpmlError(f"the file has {len(data)} bytes", f"split it: at most {MAX_OPML_BYTES} are read")
    root = _parse(data)
    if etree.QName(root).localname.lower() != "opml":
        raise OpmlError(
            "the file is not OPML", "its root element has to be <opml>; a single feed is added by `sources add`"
        )
    feeds: dict[str, Feed] = {}
    for outline in root.iter("outline"):
        url = (outline.get("xmlUrl") or outline.get("xmlurl") or "").strip()
        if url:
            feeds.setdefault(url, Feed(url, _name(outline), _folder(outline)))
    return list(feeds.values())


def _parse(data: bytes) -> etree._Element:
    """
    Parse strictly; only bare ampersands are forgiven. A parser that repairs would silently leave pieces of URLs away.
    """
    try:
        return etree.fromstring(data, _parser())
    except etree.XMLSyntaxError:
        pass
    try:
        return etree.fromstring(_BARE_AMPERSAND.sub(b"&amp;", data), _parser())
    except etree.XMLSyntaxError as error:
        raise OpmlError(f"the file is not XML: {error}", "export the list again as OPML") from None


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,32};)")


def _name(outline: etree._Element) -> str | None:
    text = outline.get("title") or outline.get("text") or ""
    return str(text).strip() or None


def _folder(outline: etree._Element) -> str | None:
    names = [_name(parent) for parent in outline.iterancestors("outline")]
    return "/".join(name for name in reversed(names) if name) or None
