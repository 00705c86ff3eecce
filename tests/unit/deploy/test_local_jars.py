"""
The lock of the broker's jars, and where jars are kept.
"""

import re
from pathlib import Path

from deploy.local.jars import KAFKA_VERSION, LOCK_PATH, Jar, cache_root, is_intact, jar_folder, locked_jars
from deploy.local.relock import ROOTS, entry, render


def test_the_lock_pins_every_jar_by_its_hash() -> None:
    """
    Each entry is a full coordinate with a SHA-256, and no two jars share a file name.
    """
    jars = locked_jars()

    assert all(re.fullmatch(r"[^:\s]+:[^:\s]+:[^:\s]+", jar.coordinate) for jar in jars)
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) and jar.size > 0 for jar in jars)
    assert len({jar.file_name for jar in jars}) == len(jars)


def test_the_lock_is_of_the_version_that_we_say_we_run() -> None:
    """
    The lock holds its roots, and every module of Kafka itself has one version.
    """
    coordinates = {jar.coordinate for jar in locked_jars()}
    kafkas = {one.rsplit(":", 1)[1] for one in coordinates if one.startswith("org.apache.kafka:")}

    assert set(ROOTS) <= coordinates
    assert kafkas == {KAFKA_VERSION}


def test_the_lock_names_no_address() -> None:
    """
    Where jars are fetched from is a matter of the fetcher and of the operator.
    """
    assert "://" not in LOCK_PATH.read_text(encoding="utf-8")


def test_what_the_lock_script_writes_can_be_read_again(tmp_path: Path) -> None:
    """
    A jar in a repository's layout becomes an entry, and the entry survives the file.
    """
    path = tmp_path / "org" / "example" / "thing" / "1.2" / "thing-1.2.jar"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"bytes")
    made = entry(path, tmp_path)
    lock = tmp_path / "jars.lock"
    lock.write_text(render([made]), encoding="utf-8")

    assert made.coordinate == "org.example:thing:1.2"
    assert made.repository_path == "org/example/thing/1.2/thing-1.2.jar"
    assert is_intact(path, made)
    assert locked_jars(lock) == [made]


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    """
    A jar of the right size with other content is not intact; neither is one that is not there.
    """
    path = tmp_path / "thing-1.jar"
    path.write_bytes(b"bytes")
    other = Jar("a:thing:1", "0" * 64, 5)

    assert not is_intact(path, other)
    assert not is_intact(tmp_path / "absent.jar", other)


def test_the_cache_folder_follows_the_operator_then_the_user() -> None:
    """
    NEWS_INGEST_CACHE wins over XDG_CACHE_HOME, which wins over the conventional folder.
    """
    both = {"NEWS_INGEST_CACHE": "/ours", "XDG_CACHE_HOME": "/users"}

    assert jar_folder(both) == Path(f"/ours/kafka-{KAFKA_VERSION}")
    assert cache_root({"XDG_CACHE_HOME": "/users"}) == Path("/users/news-ingest")
    assert cache_root({}) == Path.home() / ".cache" / "news-ingest"
