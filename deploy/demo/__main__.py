"""
`python -m deploy.demo [URL]`: the whole pipeline on this machine, in one go. Exit status 0 when all was as expected.
"""

from __future__ import annotations

import asyncio
import os
import sys

from services.cli.errors import ExitCode, exit_code_of
from services.cli.guard import quieten
from services.cli.lifetimes import until_told
from services.cli.output import remark
from services.runtime.errors import NewsIngestError


def main(arguments: list[str]) -> int:
    """
    Run the demo over its own world, or over the URL that is given.
    """
    quieten()
    met: list[bool] = []

    async def play() -> None:
        if arguments:
            from deploy.demo.real import run_real  # noqa: PLC0415 - needed by one of the two only

            met.append(await run_real(arguments[0], os.environ))
        else:
            from deploy.demo.run import run_world  # noqa: PLC0415

            met.append(await run_world(os.environ))

    try:
        is_over = asyncio.run(until_told(play()))
    except NewsIngestError as error:
        remark(f"{error.code} {type(error).__name__}: {error}\n  next: {error.next_step}")
        return exit_code_of(error)
    if not is_over:
        return ExitCode.INTERRUPTED
    return ExitCode.DONE if met == [True] else ExitCode.BUG


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
