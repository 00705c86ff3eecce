"""
The contract as an AsyncAPI 3.0 document: servers, topics, messages with their headers, and who sends and receives what.

Made from the table of topics and the event models, as the JSON Schemas beside it are, which it refers to. What Kafka's
binding has no word for begins with `x-`: what partitions by, whether a reader has to be `read_committed`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from schemas import topics
from schemas.base import Event
from schemas.dead_letters import LETTER_HEADER, DeadLettered
from schemas.envelope import SCHEMA_ROOT, schema_name
from schemas.events import PAGE_META_HEADER, ArticleCleaned, ArticleTagged, FetchRequested, PageFetched
from schemas.stories import ArticleFingerprint, StoryLinked
from schemas.topics import Topic

VERSION = "3.0.0"
BINDING = "0.5.0"

SUBSCRIBER = "subscriber"
"""How the document calls whoever only reads; the rights of a secured deployment are given to this name."""

STRANGERS = {"the world": SUBSCRIBER, "anyone": SUBSCRIBER}

TEXT = {"type": "string"}
UUID = {"type": "string", "format": "uuid"}

ARTICLE_EXTENSIONS = {"ce_site": "registrable domain", "ce_language": "BCP 47 primary subtag; und: unknown"}

EXTENSIONS: dict[type[Event], dict[str, str]] = {
    PageFetched: {"ce_site": "registrable domain", "ce_articleid": "which article it is a page of"},
    ArticleCleaned: ARTICLE_EXTENSIONS,
    ArticleTagged: {
        **ARTICLE_EXTENSIONS,
        "ce_version": "as in the value",
        "ce_pubstatus": "usable, corrected or withdrawn",
    },
    ArticleFingerprint: ARTICLE_EXTENSIONS,
    StoryLinked: {"ce_story": "id of the story", "ce_change": "began, joined, merged or split"},
    DeadLettered: {"ce_reason": "stable code", "ce_stage": "where it failed"},
}
"""CloudEvents extension attributes that are always there, by which to choose without opening the value."""

OPTIONAL_EXTENSIONS: dict[type[Event], dict[str, str]] = {
    ArticleTagged: {"ce_mediatopic": "the best Media Topic, where there is one"},
}

RAW_HEADERS: dict[type[Event], str] = {PageFetched: PAGE_META_HEADER, DeadLettered: LETTER_HEADER}
"""Events whose value is the original bytes: the header that describes them, whose JSON the schema is of."""

REPLAY_HEADERS = {
    "replay_id": "in a replay's lane: the replay that made this copy",
    "replayed_from": "in a replay's lane: the record that it is a copy of, topic/partition/offset",
}
RETRY_HEADERS = {"retried_from": "the dead letter that it was, topic/partition/offset"}

_TOPICS_OF = Counter(topic.event for topic in topics.ALL)
_REPLAYED = frozenset(event for event, count in _TOPICS_OF.items() if count > 1)
"""Events with a lane beside their live topic."""

ENVELOPE = {
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": {**UUID, "description": "the same for the same event, also when it is published again"},
    "ce_source": {**TEXT, "description": "news-ingest/ and what made it"},
    "ce_time": {"type": "string", "format": "date-time", "description": "the event's own time, UTC"},
    "ce_subject": {**TEXT, "description": "what it is about: a URL, mostly"},
}


def document(release: str) -> dict[str, Any]:
    """
    The whole document, of a release.
    """
    return {
        "asyncapi": VERSION,
        "info": _info(release),
        "defaultContentType": "application/json",
        "servers": SERVERS,
        "channels": {topic.name: channel(topic) for topic in topics.ALL},
        "operations": dict(operations()),
        "components": {
            "messages": {event.__name__: message(event) for event in _TOPICS_OF} | {"TakenDown": TAKEN_DOWN},
            "securitySchemes": {"password": {"type": "scramSha512", "description": "a user and a password"}},
        },
    }


def render(release: str) -> str:
    """
    The document as text, the same on every run.
    """
    return json.dumps(document(release), indent=1, ensure_ascii=False) + "\n"


def _info(release: str) -> dict[str, Any]:
    return {
        "title": "news-ingest",
        "version": release,
        "description": (
            "Clean, tagged news articles on Kafka. Subscribe to `news.article.tagged`, read_committed, and keep the "
            "last record of each key. The operations are those of our services, of the operator's commands (cli) and "
            "of subscribers; each names its own by its tag. docs/contract.md says what is stable."
        ),
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
    }


SERVERS = {
    "plain": {
        "host": "kafka.example.org:9092",
        "protocol": "kafka",
        "description": "A placeholder: yours is what KAFKA_BOOTSTRAP_SERVERS names. Without passwords.",
    },
    "secure": {
        "host": "kafka.example.org:9092",
        "protocol": "kafka-secure",
        "description": "The same with TLS and SCRAM-SHA-512.",
        "security": [{"$ref": "#/components/securitySchemes/password"}],
    },
}


def channel(topic: Topic[Any]) -> dict[str, Any]:
    """
    A topic: where it is, what is on it, how it is kept.
    """
    found = [topic.event.__name__, *(["TakenDown"] if is_public(topic) else [])]
    return {
        "address": topic.name,
        "description": f"Key: {topic.keyed_by}. Partition: by {topic.placed_by}.",
        "messages": {name: _ref("components", "messages", name) for name in found},
        "bindings": {"kafka": _topic_binding(topic)},
    }


def is_public(topic: Topic[Any]) -> bool:
    """
    Whether it is the output: what other systems subscribe to, and what is taken down there.
    """
    return topic.event is ArticleTagged


def _topic_binding(topic: Topic[Any]) -> dict[str, Any]:
    numbers = {name: int(text) for name, text in topic.settings().items() if text.isdigit()}
    words = {name: text for name, text in topic.settings().items() if name not in numbers}
    return {
        "topic": topic.name,
        "partitions": topics.DEFAULT_PARTITIONS,
        "topicConfiguration": {**words, **numbers, "cleanup.policy": topic.cleanup.split(",")},
        "bindingVersion": BINDING,
        "x-key": topic.keyed_by,
        "x-placed-by": topic.placed_by,
        "x-partition": "first 8 bytes of SHA-256 of what it is placed by, big-endian, modulo the partitions",
    }


def message(event: type[Event]) -> dict[str, Any]:
    """
    An event on the wire: headers, and what its value is.
    """
    return {
        "name": event.ce_type,
        "title": event.__name__,
        "summary": " ".join((event.__doc__ or "").split()),
        "contentType": event.content_type,
        "headers": headers(event),
        "payload": _payload(event),
        "bindings": {"kafka": {"key": TEXT, "bindingVersion": BINDING}},
    }


def headers(event: type[Event]) -> dict[str, Any]:
    """
    The headers of an event: CloudEvents 1.0 in Kafka's binary mode, its trace, and those of its own.
    """
    always = {
        **ENVELOPE,
        "ce_type": {"type": "string", "const": event.ce_type},
        "ce_dataschema": {"type": "string", "const": SCHEMA_ROOT + schema_name(event)},
        "content-type": {"type": "string", "const": event.content_type},
        **_texts(EXTENSIONS.get(event, {})),
        **_raw_header(event),
    }
    sometimes = {"traceparent": "W3C Trace Context", **OPTIONAL_EXTENSIONS.get(event, {})}
    sometimes |= REPLAY_HEADERS if event in _REPLAYED else {}
    sometimes |= RETRY_HEADERS if event in {*_REPLAYED, FetchRequested} else {}
    others = {"^original_": TEXT} if event is DeadLettered else {}
    return {
        "type": "object",
        "properties": {**always, **_texts(sometimes)},
        "required": list(always),
        **({"patternProperties": others} if others else {}),
    }


def _raw_header(event: type[Event]) -> dict[str, Any]:
    if event not in RAW_HEADERS:
        return {}
    described = {"contentMediaType": "application/json", "contentSchema": {"$ref": _schema_file(event)}}
    return {RAW_HEADERS[event]: {**TEXT, **described, "description": "what the value is, as JSON"}}


def _payload(event: type[Event]) -> dict[str, Any]:
    if event in RAW_HEADERS:
        return {"type": "string", "format": "binary", "description": "the original bytes"}
    return {"$ref": _schema_file(event)}


def _schema_file(event: type[Event]) -> str:
    return f"json/{schema_name(event)}"


TAKEN_DOWN = {
    "name": "taken-down",
    "title": "TakenDown",
    "summary": "A record without a value: the article has to go. The key says which.",
    "payload": {"type": "null"},
    "bindings": {"kafka": {"key": UUID, "bindingVersion": BINDING}},
}


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    """
    Who sends and who receives what, by name.
    """
    for topic in topics.ALL:
        for writer in dict.fromkeys(STRANGERS.get(name, name) for name in topic.writers):
            yield f"{writer}.sends.{topic.name}", _operation("send", writer, topic)
        for reader in dict.fromkeys(STRANGERS.get(name, name) for name in topic.readers):
            yield f"{reader}.receives.{topic.name}", _operation("receive", reader, topic)


def _operation(action: str, who: str, topic: Topic[Any]) -> dict[str, Any]:
    is_receive = action == "receive"
    kafka: dict[str, Any] = {"bindingVersion": BINDING}
    if is_receive:
        kafka |= {"x-isolation-level": "read_committed"}
        kafka |= {"groupId": {"type": "string", "const": who}} if who not in (SUBSCRIBER, "cli") else {}
    told = "Only what is committed: isolation.level=read_committed." if is_receive else "In a transaction."
    return {
        "action": action,
        "channel": _ref("channels", topic.name),
        "description": told,
        "tags": [{"name": who}],
        "bindings": {"kafka": kafka},
    }


def _texts(described: dict[str, str]) -> dict[str, Any]:
    return {name: {**TEXT, "description": told} for name, told in described.items()}


def _ref(*path: str) -> dict[str, str]:
    return {"$ref": "#/" + "/".join(path)}
