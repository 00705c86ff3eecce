"""
Settings come from the environment once, at the rim, as one frozen value that is passed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from services.runtime.errors import SettingsError


class Settings(BaseModel):
    """
    Base of all settings. A list is written comma-separated; an unknown variable under the prefix stops the start.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prefix: ClassVar[str]
    is_prefix_ours: ClassVar[bool] = True

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """
        Read the variables that begin with the prefix.

        Raises:
            SettingsError: A variable is unknown or its value does not fit; the message names it.
        """
        given = {
            name.removeprefix(cls.prefix).lower(): text for name, text in environ.items() if name.startswith(cls.prefix)
        }
        if not cls.is_prefix_ours:
            given = {name: text for name, text in given.items() if name in cls.model_fields}
        try:
            return cls.model_validate({name: cls._split(name, text) for name, text in given.items()})
        except ValidationError as error:
            raise SettingsError(_explain(cls.prefix, error), f"see the settings table for {cls.prefix}*") from None

    @classmethod
    def _split(cls, name: str, text: str) -> Any:
        known = cls.model_fields.get(name)
        if known is not None and str(known.annotation).startswith("tuple"):
            return tuple(part.strip() for part in text.split(",") if part.strip())
        return text


def _explain(prefix: str, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        name = prefix + "_".join(str(part) for part in problem["loc"][:1]).upper()
        lines.append(
            "unknown variable " + name if problem["type"] == "extra_forbidden" else f"{name}: {problem['msg']}"
        )
    return "; ".join(lines)


class RuntimeSettings(Settings):
    """
    How a service runs; nothing here changes what comes out.
    """

    prefix: ClassVar[str] = "NEWS_RUNTIME_"

    workers: int = Field(2, ge=1, description="worker processes for CPU work")
    record_timeout_s: float = Field(10.0, gt=0, description="time limit of one try of one record, seconds")
    record_attempts: int = Field(2, ge=1, description="tries of a record, each in a fresh worker")
    worker_records: int = Field(2000, ge=1, description="records after which a worker is replaced")
    worker_memory_mb: int = Field(2048, ge=64, description="address space of a worker, MiB")
    commit_interval_s: float = Field(
        0.2, gt=0, description="a finished prefix of a batch is committed at least this often"
    )
    batch_records: int = Field(200, ge=1, description="records of a task under way at once")
    batch_bytes: int = Field(16 * 1024 * 1024, ge=1, description="bytes of a task under way at once")
    lane_records: int = Field(
        2, ge=1, description="replayed records of a task under way at once; live ones that come meanwhile wait for them"
    )
    session_timeout_s: float = Field(10.0, gt=0, description="Kafka group session; a dead member's tasks move after it")
    rebalance_timeout_s: float = Field(40.0, gt=0, description="time that members have to rejoin a rebalance")
    transaction_timeout_s: float = Field(20.0, gt=0, description="an open transaction is aborted after it")
    drain_timeout_s: float = Field(30.0, gt=0, description="time for a graceful stop")
    stall_timeout_s: float = Field(120.0, gt=0, description="no progress against lag for so long ends the process")
    http_host: str = Field("127.0.0.1", description="address that metrics and health are served on")
    http_port: int = Field(0, ge=0, le=65535, description="port of /metrics, /live and /ready; 0: none")
    log_format: Literal["auto", "json", "text"] = Field("auto", description="auto: text on a terminal, else JSON")
    otlp_endpoint: str = Field(
        "",
        pattern=r"^(https?://[^/?#@\s]+(/[^?#\s]*)?)?$",
        description="an OTLP/HTTP collector that traces are sent to, e.g. http://collector:4318; empty: none are",
    )
    trace_ratio: float = Field(1.0, ge=0, le=1, description="share of the traces that is sent, chosen by trace id")
    delivery: Literal["exactly-once", "unfenced", "at-least-once"] = Field(
        "exactly-once",
        description="the others are for measuring: transactions under random ids, and no transactions at all",
    )

    @field_validator("otlp_endpoint")
    @classmethod
    def _is_address(cls, given: str) -> str:
        _ = urlsplit(given).port  # it raises where there is none that can be
        return given


class KafkaSettings(Settings):
    """
    Where Kafka is.
    """

    prefix: ClassVar[str] = "KAFKA_"
    is_prefix_ours: ClassVar[bool] = False  # Kafka's own scripts have variables under it

    bootstrap_servers: str = Field("127.0.0.1:9092", description="host:port, comma-separated")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="SSL: encrypted; SASL: with a password (SCRAM-SHA-512)"
    )
    ca_file: str = Field("", description="certificates (PEM) that Kafka's is checked by; none: those of the system")
    sasl_username: str = Field("", description="who this is, for SASL")
    sasl_password_file: str = Field("", description="a file that holds the password and nothing else")
