"""
One spelling for each URL.

Parsing follows the WHATWG URL standard for http and https, for that is how publishers' links are meant. On top of it
what makes no difference to a server is dropped: fragment, default port, trailing dot, user and password, the escaping
of characters that need none, and parameters that only track readers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import dirname
from urllib.parse import unquote_to_bytes, urlsplit

from services.fetcher.hosts import normalise_host

MAX_URL_CHARS = 4096
"""The contract's limit (`FetchRequested.url`)."""

DEFAULT_PORTS = {"http": 80, "https": 443}

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_REMOVED = {ord(c): None for c in "\t\r\n"}
_ESCAPE_OR_CHARACTER = re.compile(r"%[0-9A-Fa-f]{2}|.", re.DOTALL)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT_IN_PATH = _UNRESERVED | frozenset("!$&'()*+,;=:@/[]|")
_KEPT_IN_QUERY = _UNRESERVED | frozenset("!$&()*+,;=:@/[]|?{}`^\\")

_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_")
_TRACKING = frozenset(
    re.findall(
        r"\w+",
        """
        fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id igshid igsh mc_cid mc_eid
        _ga _gl _hsenc _hsmi __hssc __hstc __hsfp mkt_tok vero_id vero_conv wickedid oly_anon_id oly_enc_id s_cid
        ref_src rb_clickid srsltid epik at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4
        """,
    )
)


class UnsupportedSchemeError(ValueError):
    """
    A URL of something else than http or https.
    """


@dataclass(frozen=True)
class _Pieces:
    scheme: str
    authority: str
    path: str
    query: str | None


def normalise(url: str, base: str | None = None) -> str:
    """
    Return the one spelling of an http(s) URL; a relative reference is resolved against `base`, which is normalised.

    Idempotent. Rules: WHATWG URL, "basic URL parser" for special schemes.

    Raises:
        UnsupportedSchemeError: It is no http(s) URL.
        ValueError: It is no URL, or is longer than 4096 characters.
    """
    pieces = _split(url.strip("".join(map(chr, range(0x21)))).translate(_REMOVED), base)
    host, port = _host_and_port(pieces.authority, pieces.scheme)
    path = _without_dots(_escape(pieces.path, _KEPT_IN_PATH))
    query = _without_tracking(_escape(pieces.query or "", _KEPT_IN_QUERY))
    normalised = f"{pieces.scheme}://{host}{port}{path}" + (f"?{query}" if query else "")
    if len(normalised) > MAX_URL_CHARS:
        raise ValueError(f"longer than {MAX_URL_CHARS} characters")
    return normalised


def origin_of(url: str) -> str:
    """
    Scheme, host and port of a normalised URL: `https://example.org`.
    """
    return "/".join(url.split("/", 3)[:3]).partition("?")[0]


def host_of(url: str) -> str:
    """
    The host of a normalised URL, without its port; an IPv6 address without brackets.
    """
    authority = url.split("/", 3)[2]
    return authority[1 : authority.index("]")] if authority.startswith("[") else authority.partition(":")[0]


def port_of(url: str) -> int:
    """
    The port that a normalised URL leads to.
    """
    parts = urlsplit(url)
    return parts.port or DEFAULT_PORTS[parts.scheme]


def robots_url(url: str) -> str:
    """
    Where the rules for a normalised URL are.
    """
    return f"{origin_of(url)}/robots.txt"


def is_site_root(url: str) -> bool:
    """
    Whether a normalised URL is the front page of its host.
    """
    return url == f"{origin_of(url)}/"


def _split(text: str, base: str | None) -> _Pieces:
    stated = _SCHEME.match(text)
    scheme = stated[1].lower() if stated else None
    if scheme is not None and scheme not in DEFAULT_PORTS:
        raise UnsupportedSchemeError(f"scheme {scheme[:30]!r}")
    rest, _, _ = (text[stated.end() :] if stated else text).partition("#")
    path, mark, query = rest.partition("?")
    path = path.replace("\\", "/")
    asked = query if mark else None
    parent = urlsplit(base) if base is not None else None
    if scheme is not None and (path.startswith("//") or parent is None or parent.scheme != scheme):
        return _absolute(scheme, path, asked)
    if parent is None:
        raise ValueError("no scheme")
    if path.startswith("//"):
        return _absolute(parent.scheme, path, asked)
    if path.startswith("/"):
        return _Pieces(parent.scheme, parent.netloc, path, asked)
    if not path:
        return _Pieces(parent.scheme, parent.netloc, parent.path, asked if mark else parent.query)
    return _Pieces(parent.scheme, parent.netloc, f"{dirname(parent.path).rstrip('/')}/{path}", asked)


def _absolute(scheme: str, path: str, query: str | None) -> _Pieces:
    authority, slash, rest = path.lstrip("/").partition("/")
    return _Pieces(scheme, authority, slash + rest, query)


def _host_and_port(authority: str, scheme: str) -> tuple[str, str]:
    found = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::([0-9]*))?", authority.rpartition("@")[2])
    if found is None:
        raise ValueError("the host or port is malformed")
    host, stated = normalise_host(found[1]), found[2]
    number = int(stated[-20:]) if stated else DEFAULT_PORTS[scheme]
    if not 0 <= number <= 65535:
        raise ValueError("the port is above 65535")
    return host, "" if number == DEFAULT_PORTS[scheme] else f":{number}"


def _escape(text: str, kept: frozenset[str]) -> str:
    return _ESCAPE_OR_CHARACTER.sub(lambda found: _escape_one(found[0], kept), text)


def _escape_one(text: str, kept: frozenset[str]) -> str:
    if len(text) == 3:
        plain = chr(unquote_to_bytes(text)[0])
        return plain if plain in _UNRESERVED else text.upper()
    if text in kept:
        return text
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:] or [""]
    for number, segment in enumerate(segments, 1):
        is_last = number == len(segments)
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
        if is_last and segment in {".", ".."}:
            kept.append("")
    return "/" + "/".join(kept)


def _without_tracking(query: str) -> str:
    return "&".join(part for part in query.split("&") if not _is_tracking(part.partition("=")[0].lower()))


def _is_tracking(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
