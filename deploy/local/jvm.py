"""
How a Java program of the broker is called, and how its process is tied to ours.
"""

import ctypes
import hashlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.java import Java

BROKER = "kafka.Kafka"
STORAGE_TOOL = "kafka.tools.StorageTool"

QUICK_START = ("-XX:TieredStopAtLevel=1",)
"""Only the quick compiler: a start takes half the processor time, and a local broker is not the bottleneck."""

LOGGING = Path(__file__).with_name("log4j2.properties")
PR_SET_PDEATHSIG = 1
"""From linux/prctl.h."""


@dataclass(frozen=True)
class Jvm:
    """
    A Java with the broker's class path. `heap` is a size as Java writes it: 256m.
    """

    java: Java
    jars: Sequence[Path]
    heap: str
    options: Sequence[str] = QUICK_START

    @property
    def class_path(self) -> str:
        """
        The locked jars only, by name: a stray file in the cache is not loaded.
        """
        return os.pathsep.join(str(jar) for jar in self.jars)

    @property
    def archive(self) -> Path:
        """
        Where `warm_up` keeps the parsed classes for this Java; a mismatch is ignored by Java itself.
        """
        key = hashlib.sha256(f"{self.java.path}\n{self.java.build}".encode()).hexdigest()[:12]
        return self.jars[0].parent / f"classes-{key}.jsa"

    def command(self, *call: str, archive: bool = True) -> list[str]:
        """
        Return the command line that runs a class with its arguments.
        """
        shared = [f"-XX:SharedArchiveFile={self.archive}"] if archive and self.archive.is_file() else []
        return [
            str(self.java.path),
            f"-Xmx{self.heap}",
            *self.options,
            *shared,
            # No statistics file in the system's temporary folder: a killed broker would leave it behind.
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.io.tmpdir=tmp",
            f"-Dlog4j2.configurationFile={LOGGING.as_uri()}",
            "-cp",
            self.class_path,
            *call,
        ]


def die_with_parent() -> Callable[[], None] | None:
    """
    Return what a child must run before its program so that it is killed when its parent ends, however that ends.

    Linux only; elsewhere None. The signal comes when the *thread* that started the child ends: start a broker from the
    main thread, or from one that outlives it.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # The parent may have ended before the tie was made.
        if os.getppid() != parent:
            os._exit(1)

    return tie
