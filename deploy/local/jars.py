"""
The jars of the broker: which ones (`jars.lock`), where they lie, and whether they are what the lock says.

A jar is used only when its SHA-256 is the locked one, tested before every start (45 MB: under 0.1 s).
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KAFKA_VERSION = "4.3.1"
LOCK_PATH = Path(__file__).with_name("jars.lock")


@dataclass(frozen=True)
class Jar:
    """
    One line of the lock. `coordinate` is group:artifact:version.
    """

    coordinate: str
    sha256: str
    size: int

    @property
    def file_name(self) -> str:
        """
        The name under which the jar is published and cached.
        """
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"

    @property
    def repository_path(self) -> str:
        """
        Where a Maven repository keeps the jar, relative to its root.
        """
        group, artifact, version = self.coordinate.split(":")
        return f"{group.replace('.', '/')}/{artifact}/{version}/{self.file_name}"


def cache_root(environ: Mapping[str, str]) -> Path:
    """
    Return the folder for what can be fetched again: ours, else the user's, else the conventional one.
    """
    if ours := environ.get("NEWS_INGEST_CACHE"):
        return Path(ours).expanduser().absolute()
    if users := environ.get("XDG_CACHE_HOME"):
        return Path(users).absolute() / "news-ingest"
    return Path.home() / ".cache" / "news-ingest"


def jar_folder(environ: Mapping[str, str]) -> Path:
    """
    Return the folder of the jars of this version of Kafka.
    """
    return cache_root(environ) / f"kafka-{KAFKA_VERSION}"


def locked_jars(lock: Path = LOCK_PATH) -> list[Jar]:
    """
    Return the committed closure, in the order of the lock.
    """
    tables = tomllib.loads(lock.read_text(encoding="utf-8"))["jar"]
    return [Jar(table["coordinate"], table["sha256"], table["size"]) for table in tables]


def is_intact(path: Path, jar: Jar) -> bool:
    """
    Tell whether the file is there and is byte for byte the locked one.
    """
    if not path.is_file() or path.stat().st_size != jar.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
