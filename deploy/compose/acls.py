"""
Who may do what, made from the contract's table of topics. Kafka denies by default; what is not here is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from schemas import topics

SERVICES = ("fetcher", "cleaner", "tagger")
"""Each is a user, a consumer group and the start of its transactional ids."""

SECOND = {"tagger": ("linker",)}
"""Groups, and starts of transactional ids, of further topologies that run under a service's user."""

OPERATOR = "cli"

STRANGER = "subscriber"
"""One user for all who only subscribe; groups under this prefix are theirs."""

USERS = (*SERVICES, OPERATOR, STRANGER)

OWN_PREFIXES = (topics.SIDE_PREFIX, topics.VERIFY_PREFIX)
"""Of topics that the operator makes and fills, and strangers read."""

EVERYBODY = frozenset({"the world", "anyone"})
"""Readers and writers of the contract that are no user of ours: the operator and strangers."""


class Kind(IntEnum):
    """
    Kafka's resource types, as on the wire.
    """

    TOPIC = 2
    GROUP = 3
    TRANSACTIONAL_ID = 5


class Operation(IntEnum):
    """
    Kafka's operations, as on the wire; reading and writing imply describing.
    """

    READ = 3
    WRITE = 4
    CREATE = 5
    DESCRIBE = 8
    DESCRIBE_CONFIGS = 10


@dataclass(frozen=True)
class Rule:
    """
    One permission of one user. `name` stands for all that begin with it when it ends with a star.
    """

    user: str
    operation: Operation
    kind: Kind
    name: str


def rules() -> Iterator[Rule]:
    """
    Everything that is allowed.
    """
    for topic in topics.ALL:
        yield from (Rule(user, Operation.READ, Kind.TOPIC, topic.name) for user in USERS if reads(user, topic))
        yield from (Rule(user, Operation.WRITE, Kind.TOPIC, topic.name) for user in USERS if writes(user, topic))
        yield Rule(OPERATOR, Operation.DESCRIBE, Kind.TOPIC, topic.name)
        yield Rule(OPERATOR, Operation.DESCRIBE_CONFIGS, Kind.TOPIC, topic.name)
    for prefix in OWN_PREFIXES:
        for operation in (Operation.READ, Operation.WRITE, Operation.CREATE):
            yield Rule(OPERATOR, operation, Kind.TOPIC, f"{prefix}*")
        yield Rule(STRANGER, Operation.READ, Kind.TOPIC, f"{prefix}*")
    for user, group in groups():
        yield Rule(user, Operation.READ, Kind.GROUP, group)
        yield Rule(OPERATOR, Operation.DESCRIBE, Kind.GROUP, group)
    for user, start in (*groups(), (OPERATOR, OPERATOR)):
        yield Rule(user, Operation.WRITE, Kind.TRANSACTIONAL_ID, f"{start}-*")
    yield Rule(STRANGER, Operation.READ, Kind.GROUP, f"{STRANGER}*")


def groups() -> list[tuple[str, str]]:
    """
    The consumer groups of the services, each with its user.
    """
    return [(service, group) for service in SERVICES for group in (service, *SECOND.get(service, ()))]


def reads(user: str, topic: topics.Topic[Any]) -> bool:
    """
    Whether the contract has the user among the readers. A task begins with a transaction that commits an offset of the
    dead letters, which nobody reads, and for that Kafka wants the right to read them.
    """
    is_its_barrier = user in SERVICES and topic.name == topics.DEAD_LETTERS.name
    return is_its_barrier or is_among(user, topic.readers)


def writes(user: str, topic: topics.Topic[Any]) -> bool:
    """
    Whether the contract has the user among the writers.
    """
    return is_among(user, topic.writers)


def is_among(user: str, named: tuple[str, ...]) -> bool:
    """
    Whether a list of the contract means this user.
    """
    return user in named or (user not in SERVICES and bool(EVERYBODY & set(named)))
