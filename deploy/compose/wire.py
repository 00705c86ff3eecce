"""
Two of Kafka's requests by hand: access rules and SCRAM credentials. Its own tools want a JVM for each rule, and the
password on a command line or in a file; the client library has neither request.

    CreateAcls 1                   classic encoding
    AlterUserScramCredentials 0    compact encoding: lengths are varints, one more than they are; tags behind structures
"""

from __future__ import annotations

import hashlib
import socket
import struct
from collections.abc import Iterable

from deploy.compose.acls import Rule

CREATE_ACLS, ALTER_SCRAM = (30, 1), (51, 0)
CORRELATION = 7
LITERAL, PREFIXED, ALLOW = 3, 4, 3
SCRAM_SHA_512 = 2
ITERATIONS = 8192
"""Kafka takes 4096 to 16384."""
NO_TAGS = b"\0"
HEAD = struct.Struct(">hhih")
"""Kind and version of the request, correlation id, and the length of the client's name: -1 for none."""


class RefusedError(Exception):
    """
    Kafka does not do what was asked; the message is Kafka's.
    """


def text(value: str) -> bytes:
    """
    A classic string.
    """
    encoded = value.encode()
    return struct.pack(">h", len(encoded)) + encoded


def compact(value: bytes) -> bytes:
    """
    A compact string, or bytes, of less than 127 bytes: its length takes one byte.
    """
    assert len(value) < 127
    return bytes([len(value) + 1]) + value


def acls_request(rules: Iterable[Rule]) -> bytes:
    """
    Allow all these.
    """
    entries = [_entry(rule) for rule in rules]
    return HEAD.pack(*CREATE_ACLS, CORRELATION, -1) + struct.pack(">i", len(entries)) + b"".join(entries)


def _entry(rule: Rule) -> bytes:
    pattern = PREFIXED if rule.name.endswith("*") else LITERAL
    return b"".join(
        [
            struct.pack(">b", rule.kind),
            text(rule.name.removesuffix("*")),
            struct.pack(">b", pattern),
            text(f"User:{rule.user}"),
            text("*"),  # from any host
            struct.pack(">bb", rule.operation, ALLOW),
        ]
    )


def scram_request(user: str, password: str, salt: bytes) -> bytes:
    """
    Give a user a password. What is sent is salted and hashed, as RFC 5802 has it.
    """
    salted = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    upsertion = b"".join(
        [
            compact(user.encode()),
            struct.pack(">bi", SCRAM_SHA_512, ITERATIONS),
            compact(salt),
            compact(salted),
            NO_TAGS,
        ]
    )
    nobody_deleted, one_upserted = b"\x01", b"\x02"
    return HEAD.pack(*ALTER_SCRAM, CORRELATION, -1) + NO_TAGS + nobody_deleted + one_upserted + upsertion + NO_TAGS


def insist_on_acls(answer: bytes) -> int:
    """
    Return how many rules Kafka has taken.

    Raises:
        RefusedError: It has refused one.
    """
    _correlation, _throttle_ms, count = struct.unpack_from(">iii", answer)
    at = 12
    for number in range(count):
        code, length = struct.unpack_from(">hh", answer, at)
        at += 4 + max(length, 0)
        if code:
            raise RefusedError(f"rule {number}: error {code}: {answer[at - max(length, 0) : at].decode()}")
    return int(count)


def insist_on_scram(answer: bytes) -> None:
    """
    Check the answer for one user.

    Raises:
        RefusedError: Kafka has refused.
    """
    _correlation, _tags, _throttle_ms, _results, name_length = struct.unpack_from(">ibibb", answer)
    (code,) = struct.unpack_from(">h", answer, 11 + name_length - 1)
    if code:
        raise RefusedError(f"error {code}: {answer[13 + name_length - 1 :]!r}")


def ask(address: tuple[str, int], request: bytes, timeout_s: float = 10.0) -> bytes:
    """
    Send one request over a connection of its own; return the answer without its length.

    Raises:
        OSError: Kafka is away.
    """
    with socket.create_connection(address, timeout_s) as connection, connection.makefile("rb") as answers:
        connection.sendall(struct.pack(">i", len(request)) + request)
        (length,) = struct.unpack(">i", answers.read(4))
        return answers.read(length)
