"""
Which Kafka a command talks to: the one named in the environment, else the one that `up` runs here, else the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from services.runtime.settings import KafkaSettings

SERVERS_VARIABLE = "KAFKA_BOOTSTRAP_SERVERS"
SERVERS_FILE = "bootstrap-servers"


def state_dir(environ: Mapping[str, str]) -> Path:
    """
    The user's folder for what has to last: ours, else the conventional one.
    """
    if ours := environ.get("NEWS_INGEST_STATE"):
        return Path(ours).expanduser().absolute()
    if users := environ.get("XDG_STATE_HOME"):
        return Path(users).absolute() / "news-ingest"
    return Path.home() / ".local" / "state" / "news-ingest"


def kafka_settings(environ: Mapping[str, str]) -> KafkaSettings:
    """
    Where Kafka is.

    Raises:
        SettingsError: A variable under `KAFKA_` is unknown or does not fit.
    """
    if environ.get(SERVERS_VARIABLE):
        return KafkaSettings.from_environ(environ)
    announced = announced_servers(state_dir(environ))
    others = {name: text for name, text in environ.items() if name != SERVERS_VARIABLE}
    return KafkaSettings.from_environ({**others, **({SERVERS_VARIABLE: announced} if announced else {})})


def announced_servers(folder: Path) -> str | None:
    """
    The address that a running `up` has left for the other commands.
    """
    try:
        return (folder / SERVERS_FILE).read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def announce(folder: Path, servers: str) -> None:
    """
    Leave the address of the local Kafka for the other commands.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SERVERS_FILE).write_text(servers + "\n", encoding="utf-8")


def withdraw(folder: Path, servers: str) -> None:
    """
    Take the address away again, unless another `up` has written its own meanwhile.
    """
    if announced_servers(folder) == servers:
        (folder / SERVERS_FILE).unlink(missing_ok=True)
