"""
One event of each kind with every field that it can have, and one with only those that it must have; made from the
models themselves, so that a new field is in the next fixtures without anybody thinking of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel

from schemas.base import Event

MOMENT = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)

SITE = "example.org"

TEXTS = {
    "url": f"https://{SITE}/news/1",
    "request_url": f"https://{SITE}/news/1?from=feed",
    "source_url": f"https://{SITE}/feed.xml",
    "site": SITE,
    "date_published": "2026-03-01T09:30:00+01:00",
    "headline": "The dam held — 水坝",
    "wikidata": "Q12323",
    "id": "medtop:20000154",
}
"""What has to be of a certain kind; any other text is its field's name."""


@dataclass(frozen=True)
class Form:
    """
    How much an event says.

    Attributes:
        is_full: Whether every field is there, or only those that have to be.
        choice: Which of the values that a field may have, where they are listed.
    """

    is_full: bool
    choice: int = 0


FORMS = (Form(is_full=False), *(Form(is_full=True, choice=choice) for choice in range(5)))
"""The longest list of values has five."""


def sample(event: type[Event], form: Form) -> Event:
    """
    One event, the same on every run.
    """
    return event.model_validate(_fields(event, form))


def _fields(model: type[BaseModel], form: Form) -> dict[str, Any]:
    return {
        name: _value(name, field.annotation, field.metadata, form)
        for name, field in model.model_fields.items()
        if form.is_full or field.is_required()
    }


def _value(name: str, kind: Any, limits: Sequence[Any], form: Form) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Annotated, Union, UnionType):
        return _value(name, inner[0], limits, form)
    if origin is Literal:
        return inner[form.choice % len(inner)]
    if origin in (list, dict):
        return _several(name, inner, form) if form.is_full else origin()
    return _fields(kind, form) if issubclass(kind, BaseModel) else _plain(name, kind, limits)


def _several(name: str, inner: tuple[Any, ...], form: Form) -> Any:
    value = _value(name, inner[-1], (), form)
    return [value] if len(inner) == 1 else {name: value}


def _plain(name: str, kind: type, limits: Sequence[Any]) -> Any:
    if kind is str:
        return TEXTS.get(name, f"some {name}")
    if kind is bool:
        return True
    if kind in (int, float):
        least = next((limit.ge for limit in limits if hasattr(limit, "ge")), 0)
        return kind(max(least, 1) + len(name) if _most(limits) is None else 0.5)
    if kind is datetime:
        return MOMENT + timedelta(seconds=len(name))
    if kind is UUID:
        return uuid5(NAMESPACE_URL, name)
    assert kind is bytes, kind
    return bytes(range(256))


def _most(limits: Sequence[Any]) -> Any:
    return next((limit.le for limit in limits if hasattr(limit, "le")), None)
