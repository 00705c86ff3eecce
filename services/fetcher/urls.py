"""
One spelling for each URL.

URLs are read by the WHATWG URL standard, for that is how publishers' links are meant. On top of it what makes no
difference to a server is dropped: fragment, empty query, trailing dot, user and password, the escaping of characters
that need none, and parameters that only track readers.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ada_url import URL

MAX_URL_CHARS = 4096
"""The contract's limit (`FetchRequested.url`)."""

DEFAULT_PORTS = {"http": 80, "https": 443}

_HOST = re.compile(r"(?=.{1,253}$)[^.]{1,63}(?:\.[^.]{1,63})*")
"""RFC 1035: a longer name or label, or an empty one, cannot be resolved."""

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

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


def normalise(url: str, base: str | None = None) -> str:
    """
    Return the one spelling of an http(s) URL; a relative reference is resolved against `base`.

    Idempotent.

    Raises:
        UnsupportedSchemeError: It is no http(s) URL.
        ValueError: It is no URL, has a host that cannot be resolved, or is longer than 4096 characters.
    """
    parsed = URL(url, base)
    if (scheme := parsed.protocol.removesuffix(":")) not in DEFAULT_PORTS:
        raise UnsupportedSchemeError(f"scheme {parsed.protocol[:30]!r}")
    if (name := parsed.hostname).endswith("."):
        parsed.hostname = name = name.rstrip(".")
    if not _HOST.fullmatch(name):
        raise ValueError("the host is too long, or has an empty part")
    # Its other parts are cut from the whole, as each costs as much to be asked for as the whole.
    authority, _, rest = parsed.href[len(scheme) + 3 :].partition("#")[0].partition("/")
    path, _, query = rest.partition("?")
    query = _without_tracking(_one_spelling(query))
    host = authority.rpartition("@")[2]
    normalised = f"{scheme}://{host}/{_one_spelling(path)}" + (f"?{query}" if query else "")
    if len(normalised) > MAX_URL_CHARS:
        raise ValueError(f"longer than {MAX_URL_CHARS} characters")
    return normalised


@lru_cache(maxsize=1024)
def origin_of(url: str) -> str:
    """
    Scheme, host and port of a normalised URL: `https://example.org`.
    """
    return "/".join(url.split("/", 3)[:3])


def authority_of(url: str) -> str:
    """
    Host and port of a normalised URL, as they stand in it: the port only where it is not the usual one.
    """
    return origin_of(url).partition("//")[2]


@lru_cache(maxsize=1024)
def host_of(url: str) -> str:
    """
    The host of a normalised URL, without its port; an IPv6 address without brackets.
    """
    authority = authority_of(url)
    return authority[1 : authority.index("]")] if authority.startswith("[") else authority.partition(":")[0]


def port_of(url: str) -> int:
    """
    The port that a normalised URL leads to.
    """
    scheme, _, rest = origin_of(url).partition("://")
    port = rest.rpartition("]")[2].partition(":")[2]
    return int(port) if port else DEFAULT_PORTS[scheme]


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


def unify_escapes(text: str) -> str:
    """
    RFC 3986, 6.2.2: an escaped unreserved character is that character, other escapes are upper case.
    """
    return _ESCAPE.sub(_unify_escape, text)


def _unify_escape(found: re.Match[str]) -> str:
    plain = chr(int(found[1], 16))
    return plain if plain in _UNRESERVED else found[0].upper()


def _one_spelling(text: str) -> str:
    # A `%` that escapes nothing stands for itself.
    return unify_escapes(_NO_ESCAPE.sub("%25", text)) if "%" in text else text


def _without_tracking(query: str) -> str:
    return "&".join(part for part in query.split("&") if not _is_tracking(part.partition("=")[0].lower()))


def _is_tracking(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
