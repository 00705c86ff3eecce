"""
The commands, put together.
"""

from __future__ import annotations

import typer

from services.cli.commands import backfill, dlq, export, replay, sink, sources, takedown, topics, vocabulary
from services.cli.commands.backup import backup, restore
from services.cli.commands.doctor import doctor
from services.cli.commands.fetch import fetch
from services.cli.commands.service import cleaner, fetcher, linker, tagger
from services.cli.commands.status import status
from services.cli.commands.tail import tail
from services.cli.commands.trying import try_
from services.cli.commands.up import up
from services.cli.commands.verify_consumer import verify_consumer
from services.cli.errors import MEANINGS
from services.cli.options import epilog

EXIT_CODES = "\n\n".join(["Exit codes:", *(f"`{code.value:>3}` {meaning}" for code, meaning in MEANINGS.items())])

app = typer.Typer(
    help="Streaming news ingest on Kafka: web pages in, clean and tagged article events out, each exactly once.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command(epilog=epilog("news-ingest up", "news-ingest up --data-dir ./data"))(up)
app.command(
    "try",
    epilog=epilog(
        "news-ingest try page.html --explain",
        "news-ingest try https://example.org/story --json",
        "curl -s URL | news-ingest try -",
    ),
)(try_)
app.command(epilog=epilog("news-ingest tail --from-start", "news-ingest tail --json | jq .headline"))(tail)
app.command(
    epilog=epilog("news-ingest status", "watch news-ingest status", "news-ingest status --check || page somebody")
)(status)
app.add_typer(sources.app)
app.command(epilog=epilog("news-ingest fetch https://example.org/story"))(fetch)
app.command(epilog=epilog("news-ingest doctor", "news-ingest doctor --json"))(doctor)
app.add_typer(topics.app)
app.add_typer(dlq.app)
app.add_typer(replay.app)
app.add_typer(takedown.app)
app.add_typer(backfill.app)
app.add_typer(export.app)
app.add_typer(vocabulary.app)
app.add_typer(sink.app)
app.command(
    epilog=epilog("news-ingest verify-consumer --name mine", "news-ingest verify-consumer --check articles.db")
)(verify_consumer)
app.command(epilog=epilog("news-ingest backup news.backup.gz", "news-ingest backup --articles - > news.backup.gz"))(
    backup
)
app.command(epilog=epilog("news-ingest restore news.backup.gz"))(restore)
app.command(epilog=epilog("news-ingest fetcher"))(fetcher)
app.command(epilog=epilog("news-ingest cleaner"))(cleaner)
app.command(epilog=epilog("news-ingest tagger"))(tagger)
app.command(epilog=epilog("news-ingest linker"))(linker)
