"""
TLS with certificates of the tests' own: which one is shown is a matter of the name that is asked for.
"""

from __future__ import annotations

import ssl
import warnings
from pathlib import Path

CERTIFICATES = Path(__file__).parent / "certificates"

AUTHORITY = CERTIFICATES / "authority.pem"

SHOWN = ("good", "wrong-name", "expired", "not-yet", "self-signed")
"""`<name>.tls.test` shows the certificate of that name; any other name shows the good one."""


def server_context() -> ssl.SSLContext:
    """
    The context of a server that shows whatever its visitor's name asks for.
    """
    contexts = {name: _context(name) for name in SHOWN}
    first = contexts["good"]

    def choose(connection: ssl.SSLObject, asked: str | None, _context: ssl.SSLContext) -> None:
        connection.context = contexts.get((asked or "").partition(".")[0], first)

    first.sni_callback = choose
    return first


def old_context() -> ssl.SSLContext:
    """
    The context of a server that speaks TLS 1.1 at most.
    """
    context = _context("good")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def _context(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    return context
