from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from aiokafka.errors import NodeNotReadyError

from services.runtime.errors import SettingsError
from services.runtime.kafka.connection import bounded, connection
from services.runtime.settings import KafkaSettings


def test_without_further_settings_a_connection_is_plain() -> None:
    """
    The broker of this machine asks nobody for a password.
    """
    assert connection(KafkaSettings()) == {
        "bootstrap_servers": "127.0.0.1:9092",
        "request_timeout_ms": 10_000,
        "security_protocol": "PLAINTEXT",
    }


def test_a_password_is_read_from_its_file(tmp_path: Path) -> None:
    """
    It stands neither in the environment nor on a command line; the end of its line is no part of it.
    """
    (tmp_path / "password").write_text("open sesame\n", encoding="utf-8")
    found = connection(
        KafkaSettings(
            security_protocol="SASL_SSL", sasl_username="cleaner", sasl_password_file=str(tmp_path / "password")
        )
    )

    assert found["sasl_mechanism"] == "SCRAM-SHA-512"
    assert (found["sasl_plain_username"], found["sasl_plain_password"]) == ("cleaner", "open sesame")
    assert found["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    assert found["ssl_context"].check_hostname


@pytest.mark.parametrize("setting", ["ca_file", "sasl_password_file"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, setting: str) -> None:
    """
    With the settings that name it.
    """
    password = tmp_path / "password"
    password.write_text("open sesame", encoding="utf-8")
    given = {"security_protocol": "SASL_SSL", "sasl_password_file": str(password), setting: str(tmp_path / "nothing")}

    with pytest.raises(SettingsError, match="No such file"):
        connection(KafkaSettings.model_validate(given))


async def test_a_client_that_knows_no_broker_is_a_broker_that_is_away() -> None:
    """
    The client asserts that it knows one. A lone broker that was too slow for its controller names none for a while, and
    whoever waits for it starts again, like for any other silence.
    """

    async def look_up() -> None:
        raise AssertionError("Did we not perform bootstrap?")

    with pytest.raises(NodeNotReadyError):
        await bounded(look_up())
