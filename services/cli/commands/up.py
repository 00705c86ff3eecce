"""
`news-ingest up`: everything on this machine.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from services.cli.guard import explained
from services.cli.options import AsJson, DataDir, Partitions


def up(data_dir: DataDir = None, partitions: Partitions = 12, as_json: AsJson = False) -> None:
    """
    Run Kafka (unless KAFKA_BOOTSTRAP_SERVERS names one) and the services, and show what happens.

    The first time, Kafka is downloaded (45 MB). Ctrl-C or SIGTERM stops everything in order; the data stay.
    """
    import asyncio
    import os

    from services.cli.connection import state_dir
    from services.cli.running import Plan, run

    with explained(as_json=as_json):
        folder = data_dir.absolute() if data_dir else state_dir(os.environ)
        asyncio.run(run(Plan(folder, dict(os.environ), partitions=partitions, as_json=as_json)))
