"""
Host names and addresses as the WHATWG URL standard reads them ("host parsing"), so that every spelling of an address
is seen for what it is before anything is asked of it.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import unquote_to_bytes

import idna

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f#%/:<>?@\[\\\]^|]")
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]*|[0-9]+")
MAX_HOST_CHARS = 253
"""RFC 1035; a longer name cannot be resolved."""


def normalise_host(host: str) -> str:
    """
    Return a host in its one spelling: lower case, punycode, dotted IPv4, compressed IPv6 in brackets, no trailing dot.

    Raises:
        ValueError: It is no host.
    """
    if host.startswith("["):
        return f"[{IPv6Address(_without_zone(host[1:-1])).compressed}]"
    name = _to_ascii(unquote_to_bytes(host.encode("utf-8", "replace")).decode("utf-8", "replace")).rstrip(".")
    if not name or len(name) > MAX_HOST_CHARS or _FORBIDDEN.search(name):
        raise ValueError("the host is malformed")
    return str(_ipv4(name)) if _ends_in_a_number(name) else name


def _without_zone(address: str) -> str:
    if "%" in address:
        raise ValueError("an address with a zone")
    return address


def _to_ascii(name: str) -> str:
    """
    UTS 46 processing, non-transitional. A label that IDNA 2008 refuses (an emoji) is encoded as browsers do.
    """
    if not name.isascii():
        name = idna.uts46_remap(name, std3_rules=False, transitional=False)
    labels = [_label_to_ascii(label) for label in name.lower().replace("\u3002", ".").split(".")]
    return ".".join(labels)


def _label_to_ascii(label: str) -> str:
    if label.startswith("xn--"):
        return _checked_punycode(label)
    if label.isascii():
        return label
    try:
        return idna.alabel(label).decode()
    except idna.IDNAError:
        return "xn--" + label.encode("punycode").decode()


def _checked_punycode(label: str) -> str:
    if not label.isascii():
        raise ValueError("the host is malformed")
    plain = label[4:].encode().decode("punycode")
    if plain.isascii() or idna.uts46_remap(plain, std3_rules=False, transitional=False) != plain:
        raise ValueError("the host has an invalid punycode label")
    return label


def _ends_in_a_number(name: str) -> bool:
    return _NUMBER.fullmatch(name.rpartition(".")[2]) is not None


def _ipv4(name: str) -> IPv4Address:
    """
    The WHATWG "IPv4 parser": one to four numbers, octal and hexadecimal too, the last one filling the rest.
    """
    parts = name.split(".")
    if len(parts) > 4:
        raise ValueError("the host ends in a number and is no IPv4 address")
    *first, last = [_number(part) for part in parts]
    if any(part > 255 for part in first) or last >= 256 ** (5 - len(parts)):
        raise ValueError("the host is no IPv4 address: a number is too large")
    return IPv4Address(last + sum(part << (8 * (3 - place)) for place, part in enumerate(first)))


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError("the host ends in a number and is no IPv4 address")
    if text[:2].lower() == "0x":
        return int(text[2:] or "0", 16)
    return int(text, 8) if text.startswith("0") and len(text) > 1 else int(text)
