"""
Whether a contract is still the one that was published: old events are read by new readers, and new events by old ones.

Within a major version only optional fields are added. What else differs either breaks somebody, or is wider than it
was: a value more, a looser limit. That is right when readers come first: one release reads it, the next one writes it;
it is noted in `readers_first.py` meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Schema = Mapping[str, Any]

BREAKS = (
    "Keep it as it was; or make a new major version: a new ce_type on a new topic, written beside this one until its "
    "readers have moved (docs/contract.md, Versions)."
)
WIDER = (
    "Readers first: this release reads it, the next one writes it. Note it in tests/past/readers_first.py "
    "(docs/contract.md, Versions)."
)

LOWER_LIMITS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER_LIMITS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")

SAME = ("x-key", "x-placed-by", "x-partition", "partitions")
"""What decides where a record of a topic lies."""

SAME_SETTINGS = ("cleanup.policy", "message.timestamp.type")
NOT_SMALLER = ("retention.ms", "min.compaction.lag.ms", "max.message.bytes")
NOT_LARGER = ("max.compaction.lag.ms",)


@dataclass(frozen=True)
class Difference:
    """
    One thing that is another than it was, and where: a schema, or a topic, and a path in it.
    """

    where: str
    path: str
    what: str
    kind: Literal["breaks", "wider"] = "breaks"

    def __str__(self) -> str:
        return f"{self.where} {self.path}: {self.what}"

    def told(self) -> str:
        """
        What happened and what to do, for whoever made the change.
        """
        return f"{self}. {BREAKS if self.kind == 'breaks' else WIDER}"


def contracts(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """
    Compare two contracts, each by file name: `asyncapi.json`, and the JSON Schemas.
    """
    found = list(channels(old["asyncapi.json"], new["asyncapi.json"]))
    for name, schema in old.items():
        if name not in new:
            found.append(Difference(name, "$", "the schema is gone"))
        elif name != "asyncapi.json":
            found += schemas(name.removesuffix(".schema.json"), schema, new[name])
    return found


def schemas(where: str, old: Schema, new: Schema) -> list[Difference]:
    """
    Compare two JSON Schemas of one event.
    """
    return list(_Pair(where, old, new).compare("$", old, new))


def channels(old: Schema, new: Schema) -> Iterator[Difference]:
    """
    Compare two AsyncAPI documents: topics, where their records lie, how they are kept, and their headers.
    """
    for name, before in old["channels"].items():
        after = new["channels"].get(name)
        if after is None:
            yield Difference(name, "topic", "is gone")
            continue
        yield from _lost(name, "messages", before["messages"], after["messages"])
        yield from _bindings(name, before["bindings"]["kafka"], after["bindings"]["kafka"])
    for name, before in old["components"]["messages"].items():
        after = new["components"]["messages"].get(name)
        if after is not None and "headers" in before:
            yield from _Pair(before["name"], old, new).compare("headers", before["headers"], after["headers"])


def _bindings(where: str, old: Schema, new: Schema) -> Iterator[Difference]:
    for name in SAME:
        yield from _other(where, name, old.get(name), new.get(name))
    before, after = old["topicConfiguration"], new["topicConfiguration"]
    for name in SAME_SETTINGS:
        yield from _other(where, name, before.get(name), after.get(name))
    for name in (*NOT_SMALLER, *NOT_LARGER):
        was, now = before.get(name), after.get(name)
        if was is not None and (now is None or (now < was) != (name in NOT_LARGER)) and now != was:
            yield Difference(where, name, f"was {was}, is {now}")


def _other(where: str, path: str, was: Any, now: Any) -> Iterator[Difference]:
    if was != now:
        yield Difference(where, path, f"was {was!r}, is {now!r}")


def _lost(where: str, path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    return (Difference(where, path, f"{name} is gone") for name in old if name not in new)


class _Pair:
    """
    Two schemas with the definitions that their parts refer to.
    """

    def __init__(self, where: str, old: Schema, new: Schema) -> None:
        self._where = where
        self._old, self._new = old, new
        self._seen: set[tuple[int, int]] = set()

    def compare(self, path: str, old: Schema, new: Schema) -> Iterator[Difference]:
        """
        What differs below a path. A value may be of several types; each is compared with what is of the same type.
        """
        before, after = _by_type(self._old, old), _by_type(self._new, new)
        for kind, schema in before.items():
            if kind not in after:
                yield self._breaks(path, f"was {kind}, is {' or '.join(after)}")
            elif (pair := (id(schema), id(after[kind]))) not in self._seen:
                self._seen.add(pair)
                yield from self._same_type(path, schema, after[kind])
        for kind in after.keys() - before.keys():
            if before.keys() <= after.keys():
                yield self._wider(path, f"may be {kind} too")
        if "default" in old and "default" in new and old["default"] != new["default"]:
            yield self._breaks(path, f"its default was {old['default']!r}, is {new['default']!r}")

    def _same_type(self, path: str, old: Schema, new: Schema) -> Iterator[Difference]:
        yield from self._values(path, old, new)
        yield from self._limits(path, old, new)
        yield from self._fields(path, old, new)
        if "items" in old and "items" in new:
            yield from self.compare(f"{path}[]", old["items"], new["items"])
        yield from self._others(path, old.get("additionalProperties", True), new.get("additionalProperties", True))

    def _values(self, path: str, old: Schema, new: Schema) -> Iterator[Difference]:
        before, after = _listed(old), _listed(new)
        if before is not None and after is not None:
            yield from (self._breaks(path, f"value {value!r} is gone") for value in before if value not in after)
            yield from (self._wider(path, f"value {value!r} is new") for value in after if value not in before)
        elif after is not None:
            yield self._breaks(path, f"was any value, is one of {after}")
        elif before is not None:
            yield self._wider(path, f"was one of {before}, is any value")

    def _limits(self, path: str, old: Schema, new: Schema) -> Iterator[Difference]:
        for name in LOWER_LIMITS:
            yield from self._limit(f"{path} {name}", old.get(name), new.get(name), lambda was, now: now > was)
        for name in UPPER_LIMITS:
            yield from self._limit(f"{path} {name}", old.get(name), new.get(name), lambda was, now: now < was)
        for name in ("format", "pattern"):
            yield from self._limit(f"{path} {name}", old.get(name), new.get(name), lambda _was, _now: True)

    def _limit(self, path: str, was: Any, now: Any, is_narrower: Callable[[Any, Any], bool]) -> Iterator[Difference]:
        if was == now:
            return
        narrower = now is not None and (was is None or is_narrower(was, now))
        yield (self._breaks if narrower else self._wider)(path, f"was {was}, is {now}")

    def _fields(self, path: str, old: Schema, new: Schema) -> Iterator[Difference]:
        before, after = old.get("properties", {}), new.get("properties", {})
        had_to, has_to = set(old.get("required", ())), set(new.get("required", ()))
        for name, schema in before.items():
            if name not in after:
                yield self._breaks(f"{path}.{name}", "is gone")
                continue
            if name in had_to - has_to:
                yield self._breaks(f"{path}.{name}", "was always there, is optional")
            yield from self.compare(f"{path}.{name}", schema, after[name])
        for name in sorted(has_to - had_to):
            yield self._breaks(f"{path}.{name}", "is required" if name in before else "is new and required")

    def _others(self, path: str, old: Any, new: Any) -> Iterator[Difference]:
        if isinstance(old, dict) and isinstance(new, dict):
            yield from self.compare(f"{path}.*", old, new)
        elif (old is True) != (new is True) and old != new:
            tell = self._breaks if old is True else self._wider
            yield tell(f"{path}.*", f"further fields: were {old}, are {new}")

    def _breaks(self, path: str, what: str) -> Difference:
        return Difference(self._where, path, what)

    def _wider(self, path: str, what: str) -> Difference:
        return Difference(self._where, path, what, "wider")


def _by_type(root: Schema, schema: Schema) -> dict[str, Schema]:
    """
    The types that a value may have, references followed.
    """
    if "$ref" in schema:
        found: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return _by_type(root, found)
    if "anyOf" in schema:
        return {kind: each for part in schema["anyOf"] for kind, each in _by_type(root, part).items()}
    return {schema.get("type", "anything"): schema}


def _listed(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    return schema.get("enum")
