"""
Ask a service on this machine whether it is well: `python -m services.runtime.healthcheck [/ready | /live]`.

Exit status 0 or 1, for a container's health check. The port is that of NEWS_RUNTIME_HTTP_PORT.
"""

from __future__ import annotations

import os
import sys
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

TIMEOUT_S = 5.0


def main(arguments: list[str]) -> int:
    """
    Print the answer; return the exit status.
    """
    path = arguments[0] if arguments else "/ready"
    port = os.environ.get("NEWS_RUNTIME_HTTP_PORT", "0")
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=TIMEOUT_S) as answer:
            sys.stdout.write(answer.read().decode())
            return 0
    except HTTPError as error:
        sys.stdout.write(error.read().decode())
    except (URLError, OSError) as error:
        sys.stdout.write(f"no answer on port {port}: {error}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
