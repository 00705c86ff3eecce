"""
Writes the committed JSON Schemas from the models: `python -m schemas.export` (`make schemas`).
"""

from __future__ import annotations

import json
from pathlib import Path

from schemas import topics
from schemas.base import Event
from schemas.envelope import schema_name

FOLDER = Path(__file__).parent / "json"


def render(event: type[Event]) -> str:
    """
    Return an event type's JSON Schema (2020-12) as text, the same on every run.
    """
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **event.wire_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def rendered() -> dict[str, str]:
    """
    All schemas by file name.
    """
    return {schema_name(topic.event): render(topic.event) for topic in topics.ALL}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in rendered().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
