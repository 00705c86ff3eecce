from __future__ import annotations

import struct

import pytest

from deploy.compose.acls import SERVICES, USERS, Kind, Operation, Rule, rules
from deploy.compose.wire import RefusedError, acls_request, insist_on_acls, insist_on_scram, scram_request
from schemas import topics
from services.cleaner.settings import CleanerSettings
from services.cleaner.topology import cleaner_topology
from services.cli.letters.again import TARGETS
from services.cli.replays.selection import WAYS, Way
from services.cli.takedowns.finding import ERASED, LOOKED_AT
from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.fetcher.topology import fetcher_topology
from services.runtime.topology import Topology
from services.tagger.settings import TaggerSettings
from services.tagger.topology import tagger_topology
from tests.compose.stack import ROOT


def named(user: str, operation: Operation) -> set[str]:
    """
    The topics on which a user may do something.
    """
    return {r.name for r in rules() if (r.user, r.operation, r.kind) == (user, operation, Kind.TOPIC)}


@pytest.mark.parametrize(
    "topology",
    [
        fetcher_topology(FetcherSettings(), Client(FetcherSettings())),
        cleaner_topology(CleanerSettings()),
        tagger_topology(TaggerSettings()),
    ],
    ids=lambda topology: topology.name,
)
def test_a_service_may_do_what_its_topology_does(topology: Topology) -> None:
    """
    The rules come from the contract's table, the needs from the code: they meet.
    """
    read = [topology.live, *(lane.topic for lane in topology.beside), *topology.remembered, topics.DEAD_LETTERS]
    written = [*topology.written, topics.DEAD_LETTERS]

    assert {topic.name for topic in read} <= named(topology.name, Operation.READ)
    assert {topic.name for topic in written} <= named(topology.name, Operation.WRITE)


def test_a_stranger_reads_what_the_world_may_read_and_asks_for_pages() -> None:
    """
    Nothing else.
    """
    public = {t.name for t in topics.ALL if "the world" in t.readers}

    assert named("subscriber", Operation.READ) == {*public, "news.side.*", "news.verify.*"}
    assert named("subscriber", Operation.WRITE) == {t.name for t in topics.ALL if "anyone" in t.writers}


def test_the_services_and_the_operator_write_in_transactions() -> None:
    """
    Each under its own name.
    """
    prefixes = {(rule.user, rule.name) for rule in rules() if rule.kind is Kind.TRANSACTIONAL_ID}

    assert prefixes == {("tagger", "linker-*"), *((user, f"{user}-*") for user in (*SERVICES, "cli"))}


def test_the_operator_may_drive_dead_letters_again() -> None:
    """
    He writes where each stage reads, and lets the letter go.
    """
    written = {topic.name for topic in (*TARGETS, topics.DEAD_LETTERS)}

    assert written <= named("cli", Operation.WRITE)
    assert topics.DEAD_LETTERS.name in named("cli", Operation.READ)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_operator_may_replay(way: Way) -> None:
    """
    He reads the topic, writes the lane and the state, and sees how the services on the way are doing.
    """
    seen = {r.name for r in rules() if (r.user, r.operation, r.kind) == ("cli", Operation.DESCRIBE, Kind.GROUP)}

    assert {way.topic.name, topics.REPLAYS.name} <= named("cli", Operation.READ)
    assert {way.lane.name, topics.REPLAYS.name} <= named("cli", Operation.WRITE)
    assert {group for group, _ in way.live} <= seen


def test_the_operator_may_compare_replay_to_a_side_topic_and_write_golden_events() -> None:
    """
    He reads what the cleaner has learned and what was published, and makes topics under two prefixes only.
    """
    read = {topic.name for topic in (topics.SITE_LINES, topics.ARTICLE_TAGGED, topics.DEAD_LETTERS)}

    assert read <= named("cli", Operation.READ)
    assert named("cli", Operation.CREATE) == {"news.side.*", "news.verify.*"}
    assert named("cli", Operation.CREATE) <= named("cli", Operation.WRITE)


def test_every_user_has_a_password_and_a_volume() -> None:
    """
    credentials.sh and secure.yaml know the same users.
    """
    script, compose = ((ROOT / "deploy" / "compose" / name).read_text() for name in ("credentials.sh", "secure.yaml"))

    assert f"for user in {' '.join(USERS)}; do" in script
    assert all(f"secrets-{user}:/secrets/{user}:ro" in compose for user in USERS)


def test_a_rule_is_written_as_kafka_reads_it() -> None:
    """
    Kind, name, literal or prefixed, user, any host, operation, allowed.
    """
    request = acls_request([Rule("tagger", Operation.WRITE, Kind.TRANSACTIONAL_ID, "tagger-*")])

    assert request[10:] == b"\0\0\0\1" + b"\x05\0\x07tagger-\x04\0\x0bUser:tagger\0\x01*" + b"\x04\x03"


def test_a_password_is_never_sent() -> None:
    """
    Only what it is checked by.
    """
    request = scram_request("cli", "a long password", b"0123456789abcdef")

    assert b"a long password" not in request
    assert request.endswith(b"\0\0")
    assert len(request) == 10 + 3 + 4 + 5 + 17 + 65 + 2


def test_a_refusal_is_an_error() -> None:
    """
    In either answer.
    """
    with pytest.raises(RefusedError, match="error 31: no"):
        insist_on_acls(struct.pack(">iiihh", 7, 0, 1, 31, 2) + b"no")
    with pytest.raises(RefusedError, match="error 58"):
        insist_on_scram(struct.pack(">ibib", 7, 0, 0, 2) + b"\x04cli" + struct.pack(">h", 58) + b"\0\0\0")


def test_consent_is_none() -> None:
    """
    In either answer.
    """
    insist_on_scram(struct.pack(">ibib", 7, 0, 0, 2) + b"\x04cli" + struct.pack(">h", 0) + b"\0\0\0")

    assert insist_on_acls(struct.pack(">iiihhhh", 7, 0, 2, 0, -1, 0, -1)) == 2


def test_only_the_operator_takes_down_and_every_service_hears_of_it() -> None:
    """
    He reads what he looks at, and writes what he deletes himself.
    """
    name = topics.TAKEDOWNS.name

    assert [user for user in USERS if name in named(user, Operation.WRITE)] == ["cli"]
    assert {user for user in USERS if name in named(user, Operation.READ)} == {*SERVICES, "cli"}
    assert {topic.name for topic in LOOKED_AT} <= named("cli", Operation.READ)
    assert {topic.name for topic in ERASED} <= named("cli", Operation.WRITE)
