"""
OPML 2.0: the lists of feeds that feed readers import and export (http://opml.org/spec2.opml).

A foreign file: no entity is resolved, nothing is loaded, and its depth does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from schemas.state import Source
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
    Return the feeds of an OPML document, in its order, each URL once; what is commented out is left.

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
        if url and (outline.get("isComment") or "").lower() != "true":
            feeds.setdefault(url, Feed(url, _name(outline), _folder(outline)))
    return list(feeds.values())


def write_opml(sources: Iterable[Source]) -> bytes:
    """
    Write sources as OPML, in their order: the label `folder` becomes folders, a page a link, and what is paused is
    commented out. Other settings have no place in OPML.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "news-ingest"
    folders = {"": etree.SubElement(root, "body")}
    for source in sources:
        outline = etree.SubElement(_open(folders, source.labels.get("folder", "")), "outline")
        name = _writable(source.title or source.url)
        is_page = source.kind == "page"
        stated = {"type": "link" if is_page else "rss", "text": name, "title": name}
        stated["url" if is_page else "xmlUrl"] = source.url
        if source.language:
            stated["language"] = _writable(source.language)
        if source.paused:
            stated["isComment"] = "true"
        outline.attrib.update(stated)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document


def _open(folders: dict[str, etree._Element], path: str) -> etree._Element:
    """
    The outline of a folder such as `World/Europe`, made with its parents where it is not there yet.
    """
    if path not in folders:
        parent, _, name = path.rpartition("/")
        folders[path] = etree.SubElement(_open(folders, parent), "outline", text=_writable(name))
    return folders[path]


def _writable(text: str) -> str:
    """
    Without the characters that XML cannot carry.
    """
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


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
