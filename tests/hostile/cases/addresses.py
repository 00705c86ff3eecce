"""
Ways to an address that nobody may dial: written in every spelling, by a redirect, by a name.
"""

from __future__ import annotations

from tests.hostile.case import Case, leads_to
from tests.hostile.names import NO_NAME, SERVER_FAILED, Reply, Zone, to
from tests.hostile.server import NOBODY, PUBLIC, TRAP, Script, Visit

SPELLINGS = {
    "plain": "127.0.0.1",
    "short": "127.1",
    "zero": "0",
    "unspecified": "0.0.0.0",
    "decimal": "2130706433",
    "hexadecimal": "0x7f000001",
    "hexadecimal-parts": "0x7f.0x0.0x0.0x1",
    "octal": "0177.0.0.1",
    "octal-long": "00000000177.0.0.01",
    "mixed": "0x7f.1",
    "dot-at-the-end": "127.0.0.1.",
    "full-width": "１２７.０.０.１",
    "circled": "①②⑦.⓪.⓪.①",
    "ideographic-dots": "127。0。0。1",
    "escaped": "%31%32%37.0.0.1",
    "local-name": "localhost",
    "local-name-loud": "LOCALHOST.",
    "loopback-6": "[::1]",
    "loopback-6-long": "[0:0:0:0:0:0:0:1]",
    "unspecified-6": "[::]",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped-hexadecimal": "[::ffff:7f00:1]",
    "compatible": "[::127.0.0.1]",
    "translated": "[::ffff:0:127.0.0.1]",
    "nat64": "[64:ff9b::127.0.0.1]",
    "nat64-local": "[64:ff9b:1::127.0.0.1]",
    "six-to-four": "[2002:7f00:1::]",
    "teredo": "[2001::1]",
    "unique-local": "[fd00::1]",
    "link-local": "[fe80::1]",
    "site-local": "[fec0::1]",
    "multicast-6": "[ff02::1]",
    "documentation-6": "[2001:db8::1]",
    "metadata": "169.254.169.254",
    "metadata-decimal": "2852039166",
    "metadata-6": "[fd00:ec2::254]",
    "metadata-of-another": "100.100.100.200",
    "metadata-of-a-third": "192.0.0.192",
    "metadata-of-a-fourth": "168.63.129.16",
    "private-10": "10.0.0.1",
    "private-172": "172.31.255.255",
    "private-192": "192.168.0.1",
    "carrier": "100.64.0.1",
    "multicast": "224.0.0.1",
    "broadcast": "255.255.255.255",
    "benchmarking": "198.18.0.1",
}

DISGUISES = {
    "behind-a-user": "http://www.example.org@127.0.0.1:{port}/a",
    "behind-a-password": "http://www.example.org:80@127.0.0.1:{port}/a",
    "before-a-fragment": "http://127.0.0.1:{port}#@www.example.org/",
    "behind-backslashes": "http:\\\\127.0.0.1:{port}\\a",
    "without-slashes": "http:127.0.0.1:{port}/a",
    "with-three-slashes": "http:///127.0.0.1:{port}/a",
    "with-tabs": "ht\ttp://127.0\t.0.1:{port}/a",
}


def _leads_to_host(host: str) -> Script:
    async def script(visit: Visit) -> None:
        port = visit.headers["host"].partition(":")[2]
        await visit.send(f"HTTP/1.1 302 Found\r\nLocation: http://{host}:{port}/\r\n\r\n".encode())

    return script


def _elsewhere(path: str) -> Script:
    """
    To the same name on the other port, so that the name is looked up anew.
    """

    async def script(visit: Visit) -> None:
        await visit.send(leads_to(f"https://{visit.headers['host'].partition(':')[0]}:{visit.tls_port}{path}"))

    return script


_REFUSED = ("ROBOTS_UNREACHABLE ADDRESS_REFUSED", "letter ADDRESS_REFUSED")

WRITTEN = tuple(
    Case(name=f"asks-for-{name}", url="http://" + host + ":{port}/a", ends=_REFUSED) for name, host in SPELLINGS.items()
)

DISGUISED = tuple(Case(name=f"asks-{name}", url=url, ends=_REFUSED) for name, url in DISGUISES.items())

LED = tuple(Case(name=f"leads-to-{name}", page=_leads_to_host(host), ends=_REFUSED) for name, host in SPELLINGS.items())

OTHER_SCHEMES = tuple(
    Case(name=f"asks-by-{url.partition(':')[0]}", url=url, ends=("letter UNSUPPORTED_SCHEME",))
    for url in (
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/_x",
        "ftp://127.0.0.1/a",
        "data:text/html,x",
        "dict://a:1/d",
    )
)

PORTS = (
    Case(
        name="asks-for-a-port",
        url="http://{host}:22/a",
        ends=("ROBOTS_UNREACHABLE PORT_REFUSED", "letter PORT_REFUSED"),
    ),
    Case(
        name="leads-to-a-port",
        page=leads_to("http://127.66.0.1:6379/"),
        ends=("ROBOTS_UNREACHABLE PORT_REFUSED", "letter PORT_REFUSED"),
    ),
)


def _named(name: str, zone: Zone, *ends: str) -> Case:
    return Case(name=f"dns-{name}", zone=zone, ends=ends or _REFUSED)


def _later(first: Reply, second: Reply) -> Zone:
    return lambda number: first if number == 1 else second


_DEAD = "ROBOTS_UNREACHABLE CONNECTION_FAILED"
_MISSING = "ROBOTS_UNREACHABLE DNS_FAILED"

NAMED = (
    _named("loopback", to(TRAP)),
    _named("loopback-6", to("::1")),
    _named("unspecified", to("0.0.0.0")),
    _named("private", to("10.1.2.3", "192.168.1.1", "172.16.0.1")),
    _named("metadata", to("169.254.169.254")),
    _named("metadata-6", to("fd00:ec2::254")),
    _named("mapped", to("::ffff:127.0.0.1")),
    _named("nat64", to("64:ff9b::7f00:1")),
    _named("six-to-four", to("2002:7f00:1::")),
    _named("teredo", to("2001:0:4136:e378:8000:63bf:3fff:fdd2")),
    _named("alias-of-loopback", Reply((TRAP,), aliases=("www.example.org", "localhost"))),
    _named("loopback-and-public", to(TRAP, PUBLIC), "PAGE_FETCHED"),
    _named("loopback-6-and-public", to("::1", PUBLIC), "PAGE_FETCHED"),
    _named("private-by-the-hundred-and-public", to(*(f"10.0.0.{n}" for n in range(200)), PUBLIC), "PAGE_FETCHED"),
    _named("alias-of-public", Reply((PUBLIC,), aliases=tuple(f"a{n}.example.org" for n in range(12))), "PAGE_FETCHED"),
    _named("seven-dead-addresses-and-one", to(*(f"127.66.1.{n}" for n in range(7)), PUBLIC), "PAGE_FETCHED"),
    _named("hundreds-of-dead-addresses", to(*(f"127.66.1.{n}" for n in range(200))), _DEAD),
    _named("a-dead-address", to(NOBODY), _DEAD),
    _named(
        "no-name", Reply(code=NO_NAME), _MISSING, _MISSING, _MISSING, "letter FETCH_FAILED robots.txt cannot be reached"
    ),
    _named("no-address", to(), _MISSING),
    _named("server-failed", Reply(code=SERVER_FAILED), _MISSING),
    _named("noise", Reply(raw=b"\xff" * 40), _MISSING),
    _named("cut-off", Reply(raw=b"\0\x07\x81"), _MISSING),
    *(_named(f"mute-{number}", Reply(is_sent=False), _MISSING) for number in range(12)),
    Case(
        name="dns-changes-its-mind",
        zone=_later(to(PUBLIC), to(TRAP)),
        page=_elsewhere("/a"),
        ends=_REFUSED,
    ),
)

CASES = (*WRITTEN, *DISGUISED, *LED, *OTHER_SCHEMES, *PORTS, *NAMED)
