"""
Hypothesis strategies for any model of the contract, made from its fields and their limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from hypothesis import strategies as st
from pydantic import BaseModel

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)

BEGINNING = datetime(1980, 1, 1, tzinfo=UTC)

TIMES = st.integers(0, 4 * 10**15).map(lambda us: BEGINNING + timedelta(microseconds=us))

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))

INSTANTS = st.builds(datetime.astimezone, TIMES, ZONES)


def models(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """
    Instances of a model, every field drawn within its limits; an optional field is there or not.
    """
    fields = {name: _values(field.annotation, field.metadata) for name, field in model.model_fields.items()}
    return st.fixed_dictionaries(fields).map(lambda values: model(**values))


def _values(annotation: Any, limits: Sequence[Any]) -> st.SearchStrategy[Any]:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _values(inner[0], limits)
    if origin in (Union, UnionType):
        return st.one_of([st.none() if kind is type(None) else _values(kind, limits) for kind in inner])
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is list:
        return st.lists(_values(inner[0], ()), max_size=3)
    if origin is dict:
        return st.dictionaries(_values(inner[0], ()), _values(inner[1], ()), max_size=3)
    return models(annotation) if issubclass(annotation, BaseModel) else _plain(annotation, limits)


def _plain(kind: type, limits: Sequence[Any]) -> st.SearchStrategy[Any]:
    least, most = _limit(limits, "ge"), _limit(limits, "le")
    if kind is int:
        return st.integers(-(2**63) if least is None else least, 2**63 - 1 if most is None else most)
    if kind is float:
        return st.floats(least, most, allow_nan=False, allow_infinity=False)
    if kind is str:
        return TEXT.map(lambda text: text or "-") if _limit(limits, "min_length") else TEXT
    return {bool: st.booleans(), bytes: st.binary(max_size=40), UUID: st.uuids(), datetime: INSTANTS}[kind]


def _limit(limits: Sequence[Any], name: str) -> Any:
    return next((getattr(limit, name) for limit in limits if hasattr(limit, name)), None)
