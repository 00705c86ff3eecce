"""
A PostgreSQL server of the tests' own, in a temporary folder, reached by a socket in it. It refuses to run as root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest


def binaries() -> Path | None:
    """
    The folder of a server's programs: where PATH has them, or where Debian puts them.
    """
    if found := shutil.which("initdb"):
        return Path(found).parent
    return next((path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)


@contextmanager
def running() -> Iterator[str]:
    """
    Run a server; yield the URL of its database.
    """
    folder = binaries()
    if folder is None:
        pytest.skip("NO POSTGRESQL: initdb is neither in PATH nor in /usr/lib/postgresql; the sink is not tested")
    # A socket's path has to be short.
    with TemporaryDirectory(prefix="pg-", dir="/tmp") as own:
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        os.chown(own, user.pw_uid, user.pw_gid)
        as_user: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "cwd": own, "env": {"LC_ALL": "C.UTF-8"}}
        data = f"{own}/data"
        init = [str(folder / "initdb"), "-D", data, "-U", "news", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(init, check=True, capture_output=True, **as_user)
        options = f"-k {own} -c listen_addresses= -c fsync=off"
        control = [str(folder / "pg_ctl"), "-D", data, "-w"]
        subprocess.run(
            [*control, "-o", options, "-l", f"{own}/log", "start"], check=True, capture_output=True, **as_user
        )
        try:
            yield f"postgresql://news@/postgres?host={own}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, **as_user)
