"""
Lines of text, as a reader sees them: white space, invisible characters, and when two lines are the same to the eye.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ue000-\uf8ff]"
)
_ACCENTS = re.compile("[\u0300-\u036f\u064b-\u065f\u0670\u0640]")
_ALIKE = {"İ": "i", "ı": "i", "’": "'", "‘": "'", "´": "'", "©": " copyright ", "ⓒ": " copyright "} | dict.fromkeys(
    "\u200c\u200d\ufe0e\ufe0f", ""
)
_TO_LIKEN = re.compile(f"[{''.join(_ALIKE)}]")
"""To look for these and replace what is found takes a fraction of the time that `str.translate` takes."""

_CORE = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)
"""From the first letter or digit to the last."""

_ASCII_MARKS = "".join(char for char in map(chr, range(128)) if not char.isalnum())
"""What stands outside of that in a line without anything else."""

_PRINTABLE = "\u034f"
"""The only invisible character that Python takes for a printable one."""

SENTENCE_END = re.compile(r"[.!?…。！？؟]['\"”’»)]*$")
"""A sentence's stop, and the quotes and brackets that close behind it. A line of text is wrapped behind a colon too."""

SENTENCE_OR_COLON_END = re.compile(r"[.!?:…。！？؟]['\"”’»)]*$")
"""The same for pages, where what stands behind a colon mostly stands apart: an item, a quote, a labelled link."""

MAX_END_CHARS = 20
"""Of a line, that are enough to look at for its end."""


def tidy(text: str) -> str:
    """
    Fold every kind of white space, no-break spaces too, into single spaces, and drop what cannot be seen.
    """
    # Of white space only the space is printable, of what cannot be seen next to nothing: most texts are tidy, and to
    # ask for that takes a third of the time that it takes to make them so.
    if text.isprintable() and "  " not in text and _PRINTABLE not in text:
        return text.strip()
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


def _alike(found: re.Match[str]) -> str:
    return _ALIKE[found[0]]


@lru_cache(maxsize=512)
def fold(line: str) -> str:
    """
    What is left of a line when case, accents, width, invisible characters, and marks at its ends do not count.

    Both sides of a comparison are folded, so it need not be readable: Turkish i's and German ß become one with others.
    Cached: of one page the same lines are asked for again and again.
    """
    line = tidy(line)
    if line.isascii():
        return line.lower().strip(_ASCII_MARKS)
    line = unicodedata.normalize("NFKD", _TO_LIKEN.sub(_alike, line))
    line = unicodedata.normalize("NFC", _ACCENTS.sub("", line)).casefold()
    core = _CORE.search(line)
    found = core[0] if core else ""
    return " ".join(found.split()) if "  " in found else found
