from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from schemas import topics
from services.cli.backup_file import read_backup
from services.runtime.errors import BrokerError, TopicsError
from services.runtime.kafka import access
from services.runtime.settings import KafkaSettings
from tests.compose.conftest import running, until
from tests.compose.flow import UNDER_WAY_S, Flow, faults
from tests.compose.stack import SECURE_FILE, SERVICES, TYPED, Stack, docker, image_of
from tests.kafka.watching import Subscriber

pytestmark = pytest.mark.e2e

USERS = (*SERVICES, "cli", "subscriber")

REFUSED_S = 10


@pytest.fixture(scope="module")
def secure(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """
    The stack with TLS, passwords and access rules.
    """
    with running(tmp_path_factory.mktemp("secure"), SECURE_FILE) as stack:
        yield stack


def secret(stack: Stack, name: str) -> str:
    """
    A file of a user, as docs/deployment.md says that it is had.
    """
    return stack.compose("run", "--rm", "-T", "--no-deps", "credentials", "-c", f"cat /secrets/{name}")


def settings(stack: Stack, folder: Path, user: str, **changed: str) -> KafkaSettings:
    """
    How a user reaches Kafka from outside of compose.
    """
    for name in ("ca.pem", "password"):
        (folder / name).write_text(secret(stack, f"{user}/{name}"), encoding="utf-8")
    given = {
        "security_protocol": "SASL_SSL",
        "ca_file": str(folder / "ca.pem"),
        "sasl_username": user,
        "sasl_password_file": str(folder / "password"),
    }
    return KafkaSettings.model_validate({**stack.kafka.model_dump(), **given, **changed})


async def test_articles_come_over_tls_to_a_user_who_may_read_them(secure: Stack, tmp_path: Path) -> None:
    """
    The whole pipeline works with no more rights than the contract gives each service.
    """
    subscriber = Subscriber(settings(secure, tmp_path, "subscriber"), topics.ARTICLE_TAGGED)
    secure.cli("sources", "add", "http://h0.example:8080/0-3.xml")
    await subscriber.wait_for(3, timeout_s=60)
    await subscriber.stop()

    assert dict(subscriber.seen) == {f"http://h0.example:8080/a/{number}": 1 for number in range(3)}


async def test_services_that_start_again_need_no_more_rights(secure: Stack, tmp_path: Path) -> None:
    """
    Killed under load, each asks Kafka how its last transactions ended, and ends what they left open.
    """
    flow = Flow(secure, settings(secure, tmp_path, "subscriber"))
    try:
        flow.add(2)
        await asyncio.sleep(UNDER_WAY_S)
        for service in SERVICES:
            secure.kill_inside(service)
        seen = await flow.end()
    finally:
        await flow.stop()
    logs = secure.compose("logs", "--no-color", *SERVICES)

    assert faults(flow, seen) == {}
    assert all(secure.containers(service)[0]["RestartCount"] >= 1 for service in SERVICES)
    assert "uthorization" not in logs


@pytest.mark.parametrize("user", ["subscriber", "tagger"])
async def test_what_the_contract_does_not_say_is_refused(secure: Stack, tmp_path: Path, user: str) -> None:
    """
    Neither a subscriber nor a service reads a topic that is not its own; it is told so within 10 s.
    """
    reading = access.follow(settings(secure, tmp_path, user), topics.PAGE_FETCHED, from_start=True)

    with pytest.raises(TopicsError, match=f"{topics.PAGE_FETCHED.name} .*user '{user}' may not"):
        async with asyncio.timeout(REFUSED_S):
            await anext(reading)


async def test_without_tls_nobody_comes_in(secure: Stack) -> None:
    """
    Not even to ask which brokers there are.
    """
    with pytest.raises(BrokerError) as refused:
        async with asyncio.timeout(REFUSED_S):
            await anext(access.follow(secure.kafka, topics.ARTICLE_TAGGED, from_start=True))
    assert "KAFKA_SECURITY_PROTOCOL=SASL_SSL" in refused.value.next_step


def test_a_wrong_password_fails_loudly(secure: Stack) -> None:
    """
    The command ends within 10 s with the code for Kafka, and says where to look.
    """
    began = time.monotonic()
    with pytest.raises(AssertionError) as refused:
        secure.compose("run", "--rm", "-T", "-e", "KAFKA_SASL_USERNAME=tagger", "cli", "sources", "list")

    assert time.monotonic() - began < REFUSED_S
    assert "NI-201" in str(refused.value)
    assert "the password that of user 'tagger'" in str(refused.value)


async def test_a_service_with_a_wrong_password_says_so(secure: Stack) -> None:
    """
    It waits for the broker, as always, and its log names the reason.
    """
    container = secure.compose("run", "-d", "--no-deps", "-e", "KAFKA_SASL_USERNAME=tagger", "cleaner").strip()
    try:
        is_told = await until(lambda: "uthentication failed" in docker("logs", container, with_stderr=True), 30)
    finally:
        docker("rm", "-f", container)

    assert is_told


def test_an_operator_makes_a_backup_without_a_password(secure: Stack, tmp_path: Path) -> None:
    """
    In the network of Kafka's own container; there too it is not restored under services that run.
    """
    secure.cli("sources", "add", "http://h0.example:8080/0-3.xml")
    line = f"{TYPED}run --rm -T --no-deps topics"
    secure.types(f"{line} backup - > news.backup.gz", tmp_path)
    records = [record.topic for record in read_backup(BytesIO((tmp_path / "news.backup.gz").read_bytes()))]

    assert topics.SOURCES.name in records
    with pytest.raises(AssertionError, match=r"NI-205 RunningError: still running: cleaner \(1\)"):
        secure.types(f"{line} restore --merge - < news.backup.gz", tmp_path)


def test_no_secret_is_told(secure: Stack) -> None:
    """
    Not in a log, not in the environment or on the command line of a container, not in an image.
    """
    passwords = [secret(secure, f"{user}/password").strip() for user in USERS]
    containers = secure.compose("--profile", "cli", "ps", "-aq").split()
    images = [image_of(name) for name in (*SERVICES, "cli")]
    told = [
        secure.compose("logs", "--no-color"),
        *(docker("inspect", container) for container in containers),
        *(docker("history", "--no-trunc", image) for image in images),
    ]

    assert len({*passwords}) == len(USERS)
    assert all(len(password) == 64 for password in passwords)
    assert not any(password in text for password in passwords for text in told)


def test_a_service_has_its_own_secrets_only(secure: Stack) -> None:
    """
    Each volume is mounted by its owner, and read-only.
    """
    mounts = {
        service: [
            (mount["Name"].rpartition("_")[2], mount["RW"])
            for mount in secure.containers(service)[0]["Mounts"]
            if "secrets" in json.dumps(mount)
        ]
        for service in ("kafka", *SERVICES)
    }

    assert mounts == {service: [(f"secrets-{service}", False)] for service in ("kafka", *SERVICES)}
