"""
TLS: certificates that prove nothing, and servers that know none.
"""

from __future__ import annotations

from tests.hostile.case import Case
from tests.hostile.names import to
from tests.hostile.server import MUTE, NOISE, OLD, PLAIN, RESET

_HTTPS = "https://{host}:{tls}/a"
_FAILED = ("ROBOTS_UNREACHABLE TLS_FAILED",)

SHOWN = tuple(
    Case(name=f"certificate-{name}", host=f"{name}.tls.test", url=_HTTPS, ends=_FAILED)
    for name in ("wrong-name", "expired", "not-yet", "self-signed")
)


def _at(address: str, name: str, end: str) -> Case:
    return Case(name=f"tls-{name}", host=f"{name}.tls.test", url=_HTTPS, zone=to(address), ends=(end,))


CASES = (
    Case(name="certificate-good", host="good.tls.test", url=_HTTPS, ends=("PAGE_FETCHED",)),
    *SHOWN,
    Case(
        name="certificate-expired-for-good",
        host="expired.sub.tls.test",
        url=_HTTPS,
        ends=(*_FAILED * 3, "letter FETCH_FAILED robots.txt cannot be reached"),
    ),
    _at(MUTE, "mute", "ROBOTS_UNREACHABLE TIMED_OUT"),
    _at(PLAIN, "plain", "ROBOTS_UNREACHABLE TLS_FAILED"),
    _at(NOISE, "noise", "ROBOTS_UNREACHABLE TLS_FAILED"),
    _at(RESET, "reset", "ROBOTS_UNREACHABLE CONNECTION_FAILED"),
    _at(OLD, "old", "ROBOTS_UNREACHABLE CONNECTION_FAILED"),
    Case(name="http-on-the-port-of-tls", url="http://{host}:{tls}/a", ends=("ROBOTS_UNREACHABLE DISCONNECTED",)),
)
