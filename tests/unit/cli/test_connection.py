from __future__ import annotations

from pathlib import Path

from services.cli.connection import announce, kafka_settings, state_dir, withdraw


def test_the_environment_wins_over_a_running_up(tmp_path: Path) -> None:
    """
    What an operator names is never replaced.
    """
    announce(tmp_path, "127.0.0.1:1111")
    environ = {"NEWS_INGEST_STATE": str(tmp_path), "KAFKA_BOOTSTRAP_SERVERS": "far:9092"}

    assert kafka_settings(environ).bootstrap_servers == "far:9092"


def test_the_kafka_of_a_running_up_is_found(tmp_path: Path) -> None:
    """
    `tail` in a second terminal needs no setting.
    """
    announce(tmp_path, "127.0.0.1:1111")

    assert kafka_settings({"NEWS_INGEST_STATE": str(tmp_path)}).bootstrap_servers == "127.0.0.1:1111"


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path) -> None:
    """
    Compose files and shells set empty ones.
    """
    environ = {"NEWS_INGEST_STATE": str(tmp_path), "KAFKA_BOOTSTRAP_SERVERS": ""}

    assert kafka_settings(environ).bootstrap_servers == "127.0.0.1:9092"


def test_an_ended_up_leaves_no_address_behind_but_another_ones(tmp_path: Path) -> None:
    """
    The last to write is the one that runs.
    """
    announce(tmp_path, "127.0.0.1:2222")
    withdraw(tmp_path, "127.0.0.1:1111")
    other = kafka_settings({"NEWS_INGEST_STATE": str(tmp_path)}).bootstrap_servers
    withdraw(tmp_path, "127.0.0.1:2222")

    assert other == "127.0.0.1:2222"
    assert kafka_settings({"NEWS_INGEST_STATE": str(tmp_path)}).bootstrap_servers == "127.0.0.1:9092"


def test_the_state_lies_where_the_user_keeps_state() -> None:
    """
    Ours, then the convention's.
    """
    assert state_dir({"XDG_STATE_HOME": "/s"}) == Path("/s/news-ingest")
    assert state_dir({"XDG_STATE_HOME": "/s", "NEWS_INGEST_STATE": "/ours"}) == Path("/ours")
