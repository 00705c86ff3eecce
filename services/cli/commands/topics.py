"""
`news-ingest topics`: the topics of the contract, on this Kafka.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs, so that --help answers at once

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.errors import ExitCode
from services.cli.guard import explained
from services.cli.options import AsJson, Partitions, epilog

if TYPE_CHECKING:
    from services.runtime.kafka.admin import TopicState

app = typer.Typer(
    name="topics",
    help="The topics of the contract: create, list, apply, drained.",
    no_args_is_help=True,
    epilog=epilog("news-ingest topics create --partitions 12 --replication 3", "news-ingest topics list"),
)


@app.command(epilog=epilog("KAFKA_BOOTSTRAP_SERVERS=broker:9092 news-ingest topics create --replication 3"))
def create(
    partitions: Partitions = 12,
    replication: Annotated[int, typer.Option(min=1, help="Copies of each partition.")] = 1,
    as_json: AsJson = False,
) -> None:
    """
    Create the topics that are missing, and check those that are there. Doing it twice does no harm.
    """
    import asyncio
    import os

    from services.cli.connection import kafka_settings
    from services.cli.output import say, say_json
    from services.cli.retention import TopicsSettings
    from services.runtime.kafka.admin import create_topics

    with explained(as_json=as_json):
        kept = TopicsSettings.from_environ(os.environ).retention_ms()
        kafka = kafka_settings(os.environ)
        created = asyncio.run(create_topics(kafka, partitions, replication, retention_ms=kept))
        if as_json:
            say_json({"created": created})
        elif created:
            say("\n".join(f"created  {name}" for name in created))
        else:
            say("Nothing to create: all topics are there, and are as the contract says.")


@app.command("list", epilog=epilog("news-ingest topics list --json | jq -r .name"))
def list_(as_json: AsJson = False) -> None:
    """
    List the topics of the contract, and how they are on this Kafka.
    """
    import asyncio
    import os

    from services.cli.connection import kafka_settings
    from services.cli.output import say_json, say_table
    from services.cli.retention import TopicsSettings
    from services.runtime.kafka.admin import describe_topics

    with explained(as_json=as_json):
        kept = TopicsSettings.from_environ(os.environ).retention_ms()
        states = asyncio.run(describe_topics(kafka_settings(os.environ)))
        if as_json:
            for state in states:
                say_json(_as_json(state))
        else:
            headings = ("topic", "partitions", "copies", "records", "kept", "keyed by", "state")
            say_table(headings, [_row(state, kept.get(state.topic.name)) for state in states])


@app.command(epilog=epilog("NEWS_TOPICS_PAGES_DAYS=14 news-ingest topics apply"))
def apply(as_json: AsJson = False) -> None:
    """
    Have topics that are there keep records for as long as the settings say (NEWS_TOPICS_*). Nothing else is changed.
    """
    import asyncio
    import os

    from services.cli.connection import kafka_settings
    from services.cli.output import say, say_json
    from services.cli.retention import TopicsSettings
    from services.runtime.kafka.retention import apply_retention

    with explained(as_json=as_json):
        kept = TopicsSettings.from_environ(os.environ).retention_ms()
        changed = asyncio.run(apply_retention(kafka_settings(os.environ), kept))
        if as_json:
            say_json({"changed": changed})
        else:
            lines = [f"changed  {name}: kept for {_days(kept[name])}" for name in changed]
            say("\n".join(lines) or "Nothing to change: topics keep records for as long as the settings say.")


@app.command(epilog=epilog("news-ingest topics drained", "news-ingest topics drained --wait 600 && echo stop now"))
def drained(
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for it.")] = 0,
    interval: Annotated[float, typer.Option(min=0.1, help="Seconds for which nothing may be written.")] = 5.0,
    as_json: AsJson = False,
) -> None:
    """
    Tell whether all that was fetched has been cleaned, tagged and linked, and nothing is written any more.

    Exit code 21 when something is still under way.
    """
    import asyncio
    import os

    from services.cli import draining
    from services.cli.connection import kafka_settings
    from services.cli.output import say_json

    with explained(as_json=as_json):
        found = asyncio.run(draining.wait(kafka_settings(os.environ), interval, wait))
        if as_json:
            say_json(found.as_json())
        else:
            draining.show(found)
        if not found.is_over:
            raise typer.Exit(ExitCode.NOT_DRAINED)


def _row(state: TopicState, wanted_ms: int | None) -> tuple[str, ...]:
    if not state.partitions:
        return state.topic.name, "-", "-", "-", "-", state.topic.keyed_by, "missing: news-ingest topics create"
    is_other = wanted_ms is not None and state.retention_ms != wanted_ms
    set_to = [f"set to be kept for {_days(wanted_ms)}: news-ingest topics apply"] if is_other else []
    verdict = "; ".join([*state.differences, *set_to]) or "ok"
    counts = str(state.partitions), str(state.replication), str(state.records)
    return state.topic.name, *counts, _days(state.retention_ms), state.topic.keyed_by, verdict


def _days(milliseconds: int | None) -> str:
    from schemas.topics import DAY_MS

    return "for ever" if milliseconds is None else f"{milliseconds / DAY_MS:.3g} days"


def _as_json(state: TopicState) -> dict[str, Any]:
    return {
        "name": state.topic.name,
        "exists": bool(state.partitions),
        "partitions": state.partitions,
        "replication": state.replication,
        "records": state.records,
        "retentionMs": state.retention_ms,
        "differences": list(state.differences),
    }
