"""
What every event has in common: it is frozen, it has one JSON form, a time and a subject of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel


def _to_utc_ms(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    try:
        moment = _in_utc(moment)
    except OverflowError:
        raise ValueError("an instant has to lie within the years 1 to 9999 of UTC") from None
    excess = moment.microsecond % 1000
    return moment.replace(microsecond=moment.microsecond - excess) if excess else moment


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def rfc3339(moment: datetime) -> str:
    """
    Write a UTC instant with milliseconds, `2026-11-22T14:03:05.120Z`.
    """
    return _written(_in_utc(moment))


@lru_cache(maxsize=64)
def _written(moment: datetime) -> str:
    # An event and what is remembered of it say the same few moments, several times each.
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


Instant = Annotated[
    datetime,
    AfterValidator(_to_utc_ms),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An aware datetime in UTC, cut to milliseconds, so that its JSON form reads back as the same value."""


class Part(BaseModel):
    """
    A frozen piece of an event. On the wire its fields are camelCase; unknown fields are ignored, so that an old
    subscriber reads a newer minor version.
    """

    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, populate_by_name=True, extra="ignore", ser_json_bytes="base64"
    )

    __slots__ = ("_json",)

    def to_json(self) -> bytes:
        """
        Its JSON form, as it stands on the wire. Made once, as it is frozen: the id, the record and the table of an
        event are all made from it. A copy makes its own.
        """
        made: bytes | None = getattr(self, "_json", None)
        if made is None:
            made = self.model_dump_json(by_alias=True, exclude_none=True).encode()
            object.__setattr__(self, "_json", made)
        return made


class Event(Part):
    """
    A fact on a topic. `ce_type` and the content type of its value are class constants.
    """

    ce_type: ClassVar[str]
    content_type: ClassVar[str] = "application/json"
    is_many: ClassVar[bool] = False
    """Tables hold so many of it that they keep it packed: `packed` is then shorter than what is on the wire."""

    def occurred_at(self) -> datetime:
        """
        The event's own time (`ce_time`), from its input, never from a clock of the stage.
        """
        raise NotImplementedError

    def subject(self) -> str:
        """
        What the event is about (`ce_subject`): a URL.
        """
        raise NotImplementedError

    def attributes(self) -> Mapping[str, str]:
        """
        CloudEvents extension attributes, by which a subscriber can filter without opening the body.
        """
        return {}

    def milestones(self) -> Mapping[str, datetime]:
        """
        Moments in the life of what the event tells of, for measuring how fresh it is: published, discovered, fetched.
        """
        return {}

    def to_wire(self) -> tuple[bytes, dict[str, bytes]]:
        """
        Return the record's value and the headers that belong to the event itself. Equal events give equal bytes.
        """
        return self.to_json(), {}

    @classmethod
    def from_wire(cls, value: bytes, headers: Mapping[str, bytes]) -> Self:  # noqa: ARG003 - others need them
        """
        Read an event back.

        Raises:
            ValueError: The bytes are not this event (pydantic's ValidationError is one).
        """
        return cls.model_validate_json(value)

    def packed(self, key: str) -> bytes:  # noqa: ARG002 - others leave out what the key says
        """
        What a table keeps in memory under a key.
        """
        return self.to_wire()[0]

    @classmethod
    def kept(cls, key: str, value: bytes) -> bytes:
        """
        The same of what was read from its topic: without making the event, where that can be avoided.

        Raises:
            ValueError: The bytes are not this event.
        """
        return cls.from_wire(value, {}).packed(key)

    @classmethod
    def unpacked(cls, key: str, value: bytes) -> Self:  # noqa: ARG003 - as above
        """
        Make the event again from what a table keeps.
        """
        return cls.from_wire(value, {})

    @classmethod
    def wire_schema(cls) -> dict[str, Any]:
        """
        The JSON Schema of what a subscriber reads: the value, or for raw values the header that describes them.
        """
        return cls.model_json_schema(by_alias=True, mode="serialization")
