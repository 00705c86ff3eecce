"""
Events and table records as a version wrote them, kept as files, and read again by every later one.

A file a topic in tests/fixtures/past/<version>/, JSON, a list of records: topic, key, partition among 12, headers, and
the value, as text where it is text and else in base64. The contract as it was published is beside them, `contract/`.
What was released is never changed: it lies in somebody's Kafka.
"""

from __future__ import annotations

import json
import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from schemas import topics
from schemas.base import Event
from schemas.dead_letters import LETTER_HEADER
from schemas.envelope import seal
from schemas.events import PAGE_META_HEADER
from schemas.export import ASYNCAPI
from schemas.export import FOLDER as SCHEMAS
from schemas.ids import state_id
from schemas.topics import DEFAULT_PARTITIONS, Topic
from tests.past.samples import FORMS, Form, sample

FOLDER = Path(__file__).parents[1] / "fixtures" / "past"


@dataclass(frozen=True)
class Kept:
    """
    A record as a past version wrote it.
    """

    topic: str
    key: str
    partition: int
    value: bytes
    headers: Mapping[str, bytes]


def of(topic: Topic[Any], form: Form) -> Kept:
    """
    A record of a topic, as the present version writes it.
    """
    event = sample(topic.event, form)
    key = topic.key(event)
    sealed = seal(topic, event, state_id(topic.name, key, event.to_wire()[0]), "past")
    assert sealed.value is not None
    return Kept(topic.name, key, topic.partition(event, DEFAULT_PARTITIONS), sealed.value, dict(sealed.headers))


def write(records: Iterable[Kept], path: Path) -> None:
    """
    Keep records.
    """
    path.write_text(json.dumps([_told(kept) for kept in records], indent=1, ensure_ascii=False) + "\n", "utf-8")


def _told(kept: Kept) -> dict[str, Any]:
    headers = {name: _shown(raw) for name, raw in kept.headers.items()}
    place = {"topic": kept.topic, "key": kept.key, "partition": kept.partition}
    return {**place, "headers": headers, "value": _shown(kept.value)}


def read(path: Path) -> list[Kept]:
    """
    Kept records, bytes as they were.
    """
    return [_kept(told) for told in json.loads(path.read_text("utf-8"))]


def _kept(told: Mapping[str, Any]) -> Kept:
    headers = {name: _raw(shown) for name, shown in told["headers"].items()}
    return Kept(told["topic"], told["key"], told["partition"], _raw(told["value"]), headers)


def _shown(raw: bytes) -> Any:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(raw).decode()}


def _raw(shown: Any) -> bytes:
    return b64decode(shown["base64"]) if isinstance(shown, dict) else shown.encode()


def described(value: bytes, headers: Mapping[str, bytes]) -> Any:
    """
    What the published schema describes: the value, or the header that describes a raw value.
    """
    return json.loads(headers.get(PAGE_META_HEADER, headers.get(LETTER_HEADER, value)))


def problems(kept: Kept, event: type[Event], schema: Any) -> list[str]:
    """
    Why an event type does not stand for what a past version wrote: it cannot be read, something that was said is lost
    or is another thing now, or the published schema refuses it.
    """
    try:
        again = event.from_wire(kept.value, kept.headers)
    except ValueError as error:
        return [f"cannot be read: {error}"]
    value, headers = again.to_wire()
    said, says = described(kept.value, kept.headers), described(value, headers)
    refused = [f"schema: {error.json_path} {error.message}" for error in _validator(schema).iter_errors(says)]
    raw = ["the raw value is another"] if _is_raw(kept) and value != kept.value else []
    return [*_losses("$", said, says), *refused, *raw]


def _is_raw(kept: Kept) -> bool:
    return PAGE_META_HEADER in kept.headers or LETTER_HEADER in kept.headers


def _validator(schema: Any) -> Draft202012Validator:
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _losses(path: str, said: Any, says: Any) -> Iterator[str]:
    """
    What was said and is not said any more; what is said beyond it is no loss.
    """
    if isinstance(said, dict) and isinstance(says, dict):
        for name, value in said.items():
            if name not in says:
                yield f"lost: {path}.{name}"
            else:
                yield from _losses(f"{path}.{name}", value, says[name])
    elif isinstance(said, list) and isinstance(says, list) and len(said) == len(says):
        for number, (before, after) in enumerate(zip(said, says, strict=True)):
            yield from _losses(f"{path}[{number}]", before, after)
    elif (type(said), said) != (type(says), says):
        yield f"another: {path} was {said!r}, is {says!r}"


def present() -> Iterator[tuple[str, list[Kept]]]:
    """
    Records of each topic, as the present version writes them, by file name.
    """
    for topic in topics.ALL:
        yield f"{topic.name}.json", [of(topic, form) for form in FORMS]


def keep_contract(folder: Path) -> None:
    """
    Keep what is published: the AsyncAPI document and the schemas.
    """
    shutil.copytree(SCHEMAS, folder / "contract" / "json")
    shutil.copy(ASYNCAPI, folder / "contract")


def contract(folder: Path) -> dict[str, Any]:
    """
    A published contract, by file name.
    """
    files = [folder / ASYNCAPI.name, *sorted((folder / "json").iterdir())]
    return {path.name: json.loads(path.read_text("utf-8")) for path in files}


def present_contract() -> dict[str, Any]:
    """
    The one that is published now.
    """
    return contract(ASYNCAPI.parent)
