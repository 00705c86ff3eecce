"""Keeps a table of SQLite equal to the newest version of every article. Settings: see README.md."""

import json
import os
import signal
import sqlite3
from contextlib import closing

from confluent_kafka import Consumer, KafkaError, KafkaException

CONSUMER = {
    "bootstrap.servers": os.environ.get("BOOTSTRAP", "127.0.0.1:9092"),
    "group.id": os.environ.get("GROUP", "subscriber-python-confluent"),
    "isolation.level": "read_committed",
    "auto.offset.reset": "earliest",
    "enable.auto.commit": False,
    "enable.partition.eof": True,
}
TABLE = """CREATE TABLE IF NOT EXISTS articles (id TEXT PRIMARY KEY, version INTEGER, status TEXT, url TEXT,
    headline TEXT, published TEXT, language TEXT, body TEXT)"""
UPSERT = """INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, status = excluded.status, url = excluded.url, headline = excluded.headline,
    published = excluded.published, language = excluded.language, body = excluded.body
    WHERE excluded.version >= version"""
FIELDS = ("articleId", "version", "pubStatus", "url", "headline", "datePublished", "inLanguage", "articleBody")


def store(database, record):
    if record.value() is None:  # taken down
        database.execute("DELETE FROM articles WHERE id = ?", (record.key().decode(),))
        return
    article = json.loads(record.value())
    database.execute(UPSERT, [article.get(name) for name in FIELDS])


running, ended = [True], set()
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: running.clear())
with (
    closing(Consumer(CONSUMER)) as consumer,
    closing(sqlite3.connect(os.environ.get("DATABASE", "articles.db"))) as database,
):
    database.execute(TABLE)
    consumer.subscribe([os.environ.get("TOPIC", "news.article.tagged")])
    while running:
        records = []
        for message in consumer.consume(500, timeout=0.5):
            if message.error() is None:
                records.append(message)
            elif message.error().code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
            else:
                raise KafkaException(message.error())
        with database:  # one transaction
            for record in records:
                store(database, record)
        if records:
            consumer.commit(asynchronous=False)  # after the write: what was not committed comes again, and does no harm
        if os.environ.get("UNTIL_END") and ended and len(ended) == len(consumer.assignment()):
            break
