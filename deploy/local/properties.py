"""
The broker's configuration file, as pure text. Every value that differs from Kafka's default has its reason here.
"""

from collections.abc import Mapping

HOST = "127.0.0.1"
NODE_ID = 1
LOG_DIR = "log"
"""Relative, and the broker runs in its data folder: no blank, comma or letter of that path can then confuse Kafka."""

MAX_MESSAGE_BYTES = 8 * 1024 * 1024 + 64 * 1024
"""A record of 8 MiB and what its batch adds: headers, key, framing."""

SINGLE_NODE = {
    "process.roles": "broker,controller",
    "node.id": str(NODE_ID),
    "controller.listener.names": "CONTROLLER",
    "log.dirs": LOG_DIR,
    "default.replication.factor": "1",
    "offsets.topic.replication.factor": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
}

STRICT = {
    # A mistyped topic fails, as it will in production; topics come from schemas/topics.py.
    "auto.create.topics.enable": "false",
    "message.max.bytes": str(MAX_MESSAGE_BYTES),
    "replica.fetch.max.bytes": str(MAX_MESSAGE_BYTES),
}

QUICK = {
    # The default waits 3 s for further members before the first assignment.
    "group.initial.rebalance.delay.ms": "0",
    # Tests kill consumers and wait for the session to end; the default forbids less than 6 s.
    "group.min.session.timeout.ms": "1000",
    # The default looks for timed out transactions every 10 s, and holds read_committed readers back until then.
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
    # A broker that was killed may register again only when its former session has ended: 9 s by default.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "400",
    # 50 by default: each is a folder with four files, created at the first group call or transaction.
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.num.partitions": "4",
}

SMALL = {
    # 128 MiB by default, half of the heap.
    "log.cleaner.dedupe.buffer.size": str(4 * 1024 * 1024),
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "4",
}


def server_properties(port: int, controller_port: int, overrides: Mapping[str, str]) -> dict[str, str]:
    """
    Return the settings of a single node that listens on the loopback interface only.

    `overrides` win over everything, also over the node id, the listeners and the quorum: so several nodes can be made
    to form one cluster.
    """
    listeners = {
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "controller.quorum.voters": f"{NODE_ID}@{HOST}:{controller_port}",
    }
    return {**SINGLE_NODE, **STRICT, **QUICK, **SMALL, **listeners, **overrides}


def render(properties: Mapping[str, str]) -> str:
    """
    Return the text of a Java properties file, in plain ASCII.
    """
    return "".join(f"{escape(key)}={escape(value)}\n" for key, value in properties.items())


def escape(text: str) -> str:
    """
    Write each character that the format gives a meaning, or that is not ASCII, in UTF-16 units.
    """
    return "".join(one if is_plain(one) else units(one) for one in text)


def is_plain(character: str) -> bool:
    """
    Tell whether the character stands for itself anywhere in a properties file.
    """
    return character.isascii() and (character.isalnum() or character in "._-/,@;")


def units(character: str) -> str:
    """
    Return the escapes of one character: two when it lies beyond the basic plane.
    """
    encoded = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{encoded[at : at + 2].hex()}" for at in range(0, len(encoded), 2))
