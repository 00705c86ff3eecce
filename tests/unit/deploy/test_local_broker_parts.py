"""
What can be known of the broker without a Java: ports, the ready check, the data folder, diagnoses.
"""

import asyncio
import socket
import struct
from pathlib import Path

import pytest

from deploy.local import Broker, BrokerConfig, ErrorCode, LocalBrokerError, external_bootstrap_servers
from deploy.local.broker import choose_ports
from deploy.local.diagnosis import last_words, start_failure
from deploy.local.ports import FIRST, LAST, free_ports, is_free
from deploy.local.probe import is_ready, lists_a_node
from deploy.local.storage import claim, new_cluster_id


def answer(nodes: int, cluster_id: str) -> bytes:
    """
    Return the beginning of a metadata answer and a cluster id.
    """
    return struct.pack(">iii", 1, 0, nodes) + struct.pack(">h", len(cluster_id)) + cluster_id.encode()


def test_picked_ports_are_different_and_out_of_the_systems_range() -> None:
    """
    A port that the system could hand to an outgoing connection is never picked.
    """
    ports = free_ports(20)

    assert len(set(ports)) == 20
    assert all(FIRST <= port <= LAST for port in ports)


def test_a_given_port_that_is_taken_is_an_error_before_any_start() -> None:
    """
    The operator's port is not replaced by another one in silence.
    """
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        taken = server.getsockname()[1]

        with pytest.raises(LocalBrokerError) as caught:
            choose_ports(taken)

        assert not is_free(taken)

    assert caught.value.code is ErrorCode.PORT_IN_USE
    assert str(taken) in caught.value.message


def test_only_a_node_of_our_own_cluster_counts_as_ready() -> None:
    """
    An empty cluster, another cluster on the same port, and a cut answer are all "not yet".
    """
    assert lists_a_node(answer(1, "ours"), "ours")
    assert not lists_a_node(answer(0, "ours"), "ours")
    assert not lists_a_node(answer(1, "theirs"), "ours")
    assert not lists_a_node(b"\0", "ours")


async def test_a_port_without_a_broker_is_not_ready() -> None:
    """
    A closed port, and a server that hangs up, are "not yet" rather than errors.
    """
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        hanging_up = server.sockets[0].getsockname()[1]

        assert not await is_ready(hanging_up, "ours")
        assert not await is_ready(free_ports(1)[0], "ours")


def test_a_data_folder_belongs_to_one_broker_at_a_time(tmp_path: Path) -> None:
    """
    The second claim fails while the first is held, and works afterwards.
    """
    with claim(tmp_path / "data"), pytest.raises(LocalBrokerError) as caught:
        claim(tmp_path / "data")
    claim(tmp_path / "data").close()

    assert caught.value.code is ErrorCode.DATA_DIR_IN_USE


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """
    The error says which folder.
    """
    blocker = tmp_path / "file"
    blocker.write_text("", encoding="utf-8")

    with pytest.raises(LocalBrokerError) as caught:
        claim(blocker / "data")

    assert caught.value.code is ErrorCode.DATA_DIR_UNUSABLE
    assert str(blocker / "data") in caught.value.message


def test_cluster_ids_are_22_characters_without_a_leading_minus() -> None:
    """
    As Kafka writes its own; a leading minus would be read as an option by its tools.
    """
    ids = {new_cluster_id() for _ in range(200)}

    assert len(ids) == 200
    assert all(len(one) == 22 and one.startswith("n") for one in ids)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("java.net.BindException: Address already in use", ErrorCode.PORT_IN_USE),
        ("java.lang.OutOfMemoryError: Java heap space", ErrorCode.OUT_OF_MEMORY),
        ("ConfigException: Invalid value x", ErrorCode.START_FAILED),
        (None, ErrorCode.START_FAILED),
    ],
)
def test_a_failed_start_is_told_from_the_brokers_words(tmp_path: Path, said: str | None, code: ErrorCode) -> None:
    """
    Known causes have a code of their own; the rest shows the last lines; no log at all is no further error.
    """
    log = tmp_path / "broker.log"
    if said is not None:
        log.write_text(f"earlier\n{said}\n", encoding="utf-8")

    assert start_failure(log).code is code


def test_the_reason_is_found_above_the_shutdown_that_follows_it() -> None:
    """
    Of a long log, the complaints are shown, each once; a log without any shows its end.
    """
    reason = (
        "12:00 ERROR Kafka$ Cannot start\nCaused by: java.net.BindException: no such address\n\tat a.b.Exception(c)"
    )
    shutdown = "\n".join(f"12:00 INFO  part {number} shut down" for number in range(100))

    assert last_words(f"{shutdown}\n{reason}\n{reason}\n{shutdown}") == (
        "  12:00 ERROR Kafka$ Cannot start\n  Caused by: java.net.BindException: no such address"
    )
    assert last_words(shutdown).endswith("part 99 shut down")


def test_there_is_no_address_before_the_first_start(tmp_path: Path) -> None:
    """
    With a port to be picked, asking too early is an error that says so; a given port is known at once.
    """
    with pytest.raises(LocalBrokerError) as caught:
        _ = Broker(BrokerConfig(tmp_path)).bootstrap_servers

    assert caught.value.code is ErrorCode.NOT_STARTED
    assert Broker(BrokerConfig(tmp_path, port=9)).bootstrap_servers == "127.0.0.1:9"


def test_brokers_that_the_operator_named_are_honoured() -> None:
    """
    KAFKA_BOOTSTRAP_SERVERS means that no local broker is wanted; an empty value means nothing.
    """
    assert external_bootstrap_servers({"KAFKA_BOOTSTRAP_SERVERS": "a:1,b:2"}) == "a:1,b:2"
    assert external_bootstrap_servers({"KAFKA_BOOTSTRAP_SERVERS": ""}) is None
    assert external_bootstrap_servers({}) is None
