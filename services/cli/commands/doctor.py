"""
`news-ingest doctor`: what is wrong with this set-up, and what to do about it.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.errors import ExitCode
from services.cli.guard import explained
from services.cli.options import AsJson

MARKS = {"ok": "ok", "warn": "!", "fail": "x"}


def doctor(
    host: Annotated[str, typer.Option(help="A name that has to resolve.")] = "example.com",
    as_json: AsJson = False,
) -> None:
    """
    Look at Python, Java, the local Kafka, Kafka itself, its topics, settings, disk, clock and DNS.

    Exit code 20 when something is wrong; a warning alone is 0.
    """
    import asyncio
    import os

    from services.cli.checks import examine
    from services.cli.output import say, say_json, say_table
    from services.cli.parts import needing

    with explained(as_json=as_json), needing("fetcher,cleaner,tagger,local"):
        findings = asyncio.run(examine(os.environ, host))
        if as_json:
            for finding in findings:
                say_json(finding.as_json())
        else:
            say_table(("", "what", "found"), [(MARKS[f.verdict], f.name, f.found) for f in findings])
            for finding in findings:
                if finding.remedy:
                    say(f"\n{finding.name}: {finding.remedy}")
        if any(finding.verdict == "fail" for finding in findings):
            raise typer.Exit(ExitCode.UNHEALTHY)
        if not as_json:
            warned = any(finding.verdict == "warn" for finding in findings)
            say("\nNothing is wrong." if not warned else "\nNothing is wrong, but for the warnings above.")
