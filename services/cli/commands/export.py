"""
`news-ingest export`: what is on the topics, in the words of others.
"""

from __future__ import annotations

import typer

from services.cli.commands.standards import jsonld, ninjs
from services.cli.options import epilog

app = typer.Typer(
    name="export",
    help="What is on the topics now, in the words of others: ninjs, jsonld.",
    no_args_is_help=True,
    epilog=epilog("news-ingest export ninjs > items.jsonl"),
)

app.command(epilog=epilog("news-ingest export ninjs | jq -r '.headlines[0].value'"))(ninjs)
app.command(epilog=epilog("news-ingest export jsonld > articles.jsonl"))(jsonld)
