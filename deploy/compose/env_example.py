"""
Writes deploy/.env.example: every variable that an operator can set on the deployment, with its default and its meaning.

    python -m deploy.compose.env_example > deploy/.env.example

The services' own come from their settings classes; those of the stack stand here, and a test holds them against
compose.yaml.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from services.cli.variables import MODELS
from services.runtime.settings import Settings

WIDTH = 120

SET_BY_COMPOSE = frozenset(
    {
        "KAFKA_BOOTSTRAP_SERVERS",
        "KAFKA_SECURITY_PROTOCOL",
        "KAFKA_CA_FILE",
        "KAFKA_SASL_USERNAME",
        "KAFKA_SASL_PASSWORD_FILE",
        "NEWS_RUNTIME_HTTP_HOST",
        "NEWS_RUNTIME_HTTP_PORT",
    }
)
"""compose.yaml, or secure.yaml beside it, gives these to the services; what .env says about them has no effect."""


@dataclass(frozen=True)
class Variable:
    """
    A variable of the stack: compose.yaml reads it, the services do not see it.
    """

    name: str
    default: str
    meaning: str


STACK = (
    Variable("STACK_BIND", "127.0.0.1", "address of this machine on which published ports listen; loopback only"),
    Variable("STACK_KAFKA_PORT", "9092", "port of this machine under which subscribers reach Kafka"),
    Variable("STACK_KAFKA_HOST", "127.0.0.1", "name or address under which subscribers reach this machine"),
    Variable("STACK_KAFKA_PORT_2", "9192", "the same of the second broker, with compose/ha.yaml"),
    Variable("STACK_KAFKA_PORT_3", "9292", "and of the third"),
    Variable("STACK_KAFKA_SAN", "DNS:localhost,IP:127.0.0.1", "how subscribers name it, for compose/secure.yaml"),
    Variable("STACK_KAFKA_HEAP", "512m", "heap of Kafka"),
    Variable("STACK_KAFKA_MEMORY", "1g", "memory limit of Kafka's container; twice the heap is about right"),
    Variable("STACK_FETCHER_MEMORY", "768m", "memory limit of each fetcher container"),
    Variable("STACK_CLEANER_MEMORY", "1g", "memory limit of each cleaner container"),
    Variable("STACK_TAGGER_MEMORY", "1536m", "memory limit of each tagger container"),
    Variable("STACK_LINKER_MEMORY", "2560m", "memory limit of the linker's container; see NEWS_LINKER_MAX_ARTICLES"),
    Variable("STACK_PROMETHEUS_PORT", "9090", "port of this machine for Prometheus, with --profile monitoring"),
    Variable("STACK_PROMETHEUS_MEMORY", "512m", "memory limit of Prometheus"),
    Variable("STACK_PROMETHEUS_IMAGE", "prom/prometheus:v2.53.3", "image of Prometheus; may carry a digest"),
    Variable("STACK_GRAFANA_PORT", "3000", "port of this machine for Grafana, with --profile monitoring"),
    Variable("STACK_GRAFANA_MEMORY", "512m", "memory limit of Grafana"),
    Variable("STACK_GRAFANA_IMAGE", "grafana/grafana:12.0.2", "image of Grafana; may carry a digest"),
    Variable("STACK_PARTITIONS", "12", "partitions of every topic, fixed at creation; no service scales beyond it"),
    Variable("STACK_VERSION", "local", "tag of the images"),
    Variable("STACK_PYTHON_IMAGE", "python:3.12-slim-bookworm", "base of our images; may carry a digest"),
    Variable("STACK_KAFKA_IMAGE", "apache/kafka:4.3.1", "image of Kafka; may carry a digest"),
    Variable("STACK_PIP_INDEX_URL", "", "a package index of your own, for the build only; it may hold a password"),
    Variable("STACK_ENV_FILE", ".env", "the file with the services' settings, from the folder of compose.yaml"),
)

HEAD = """\
# Settings of the deployment. Copy this file to deploy/.env and change what you need: a line counts when it does not
# begin with `#`, and what stands here is the default. A mistyped NEWS_* variable of a service stops its start.
#
# This file is made by `python -m deploy.compose.env_example`.
"""


def render() -> str:
    """
    The whole file.
    """
    sections = [section("The stack", STACK)]
    sections += [section((model.__doc__ or "").strip(), variables_of(model)) for model in MODELS]
    return "\n".join([HEAD, *filter(None, sections)])


def variables_of(model: type[Settings]) -> tuple[Variable, ...]:
    """
    What an operator may set of one settings class.
    """
    described = [
        Variable(model.prefix + name.upper(), written(field.default), field.description or "")
        for name, field in model.model_fields.items()
    ]
    return tuple(variable for variable in described if variable.name not in SET_BY_COMPOSE)


def written(value: object) -> str:
    """
    A default as it is written in an environment variable.
    """
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def section(title: str, variables: tuple[Variable, ...]) -> str:
    """
    Some variables under a heading; nothing for none.
    """
    if not variables:
        return ""
    return "\n".join([*(f"# {line}" for line in rule(title)), *entries(variables)]) + "\n"


def rule(title: str) -> list[str]:
    """
    A heading.
    """
    lines = textwrap.wrap(title, WIDTH - 2)
    return [*lines, "-" * len(lines[-1])]


def entries(variables: tuple[Variable, ...]) -> Iterator[str]:
    """
    Meaning, then name and default, for each.
    """
    for variable in variables:
        yield "\n".join(["", f"# {variable.meaning}", f"#{variable.name}={quoted(variable.default)}"])


def quoted(value: str) -> str:
    """
    A value as an env file has it: in quotes where it holds more than one word.
    """
    return f'"{value}"' if " " in value else value


if __name__ == "__main__":
    sys.stdout.write(render())
