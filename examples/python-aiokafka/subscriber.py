"""Keeps a table of SQLite equal to the newest version of every article. Settings: see README.md."""

import asyncio
import json
import os
import signal
import sqlite3
from contextlib import closing

from aiokafka import AIOKafkaConsumer

CONSUMER = {
    "bootstrap_servers": os.environ.get("BOOTSTRAP", "127.0.0.1:9092"),
    "group_id": os.environ.get("GROUP", "subscriber-python-aiokafka"),
    "isolation_level": "read_committed",
    "auto_offset_reset": "earliest",
    "enable_auto_commit": False,
}
TABLE = """CREATE TABLE IF NOT EXISTS articles (id TEXT PRIMARY KEY, version INTEGER, status TEXT, url TEXT,
    headline TEXT, published TEXT, language TEXT, body TEXT)"""
UPSERT = """INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, status = excluded.status, url = excluded.url, headline = excluded.headline,
    published = excluded.published, language = excluded.language, body = excluded.body
    WHERE excluded.version >= version"""
FIELDS = ("articleId", "version", "pubStatus", "url", "headline", "datePublished", "inLanguage", "articleBody")


def store(database, record):
    if record.value is None:  # taken down
        database.execute("DELETE FROM articles WHERE id = ?", (record.key.decode(),))
        return
    article = json.loads(record.value)
    database.execute(UPSERT, [article.get(name) for name in FIELDS])


async def main():
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    consumer = AIOKafkaConsumer(os.environ.get("TOPIC", "news.article.tagged"), **CONSUMER)
    await consumer.start()
    try:
        with closing(sqlite3.connect(os.environ.get("DATABASE", "articles.db"))) as database:
            database.execute(TABLE)
            ends = await consumer.end_offsets(consumer.assignment()) if os.environ.get("UNTIL_END") else None
            while not stop.is_set():
                batches = await consumer.getmany(timeout_ms=500)
                with database:  # one transaction
                    for record in (record for batch in batches.values() for record in batch):
                        store(database, record)
                if batches:
                    await consumer.commit()  # after the write: what was not committed comes again, and does no harm
                if ends and all([await consumer.position(part) >= end for part, end in ends.items()]):
                    return
    finally:
        await consumer.stop()


asyncio.run(main())
