"""
Texts of the series that a consumer may spoil: many scripts, characters outside the first plane, quotes, and much of it.
"""

from __future__ import annotations

import hashlib
from functools import cache

TEXTS = (
    ("arabic", "ar", "عاد القارب إلى الميناء", "عاد القارب إلى الميناء قبل الفجر، وقال القبطان إن البحر كان هادئًا."),
    ("hindi", "hi", "नदी का पुल फिर खुला", "नदी का पुल सोमवार को फिर खुल गया। लोग पैदल पार गए।"),
    ("chinese", "zh", "渡轮恢复航行", "渡轮周一恢复航行。船长说，海面很平静。𠮷野先生第一个上船。"),
    ("japanese", "ja", "橋が再び開通", "橋は月曜日に再び開通した。「待っていました」と住民は話した。"),
    ("russian", "ru", "Паром снова ходит", "Паром снова ходит. Ёлки на берегу стоят, как стояли."),
    (
        "combining",
        "vi",
        "Phà chạy lại",
        "Phà chạy lại vào sáng thứ hai. Cafe\u0301 is written with a combining accent here.",
    ),
    (
        "emoji",
        "en",
        "A ferry 🚢 and a family 👩‍👩‍👧",
        "Characters of four bytes: 🚢 👩‍👩‍👧 𝄞. A tab:\there. Two paragraphs:\n\nthis is the second.",
    ),
    (
        "quotes",
        "en",
        'It\'s "done"; DROP TABLE articles; --',
        "A backslash \\ and a percent sign %s, {braces}, a 'quote' and $1.",
    ),
)
"""Case, language, headline, body."""

LARGE_CHARS = 5 * 1024 * 1024


@cache
def large_body() -> str:
    """
    5 MiB without a pattern, so that compression does not make little of it.
    """
    digests = (hashlib.sha256(str(number).encode()).hexdigest() for number in range(LARGE_CHARS // 65 + 1))
    return " ".join(digests)[:LARGE_CHARS]
