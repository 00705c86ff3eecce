"""
Section 4 of the CIS Docker benchmark (images and how they are built), by the numbers of its versions 1.6 and 1.7.

Most of it is read off the Dockerfile; the rest off an image, from outside and from inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SECRET = re.compile(r"(?i)passw|secret|token|credential|private.?key|api.?key")
"""What a variable is called that should be in no image."""

PACKAGE_TOOLS = re.compile(r"\b(apt|apt-get|apk|dnf|yum|microdnf)\b")


@dataclass(frozen=True)
class Image:
    """
    An image, as Docker tells it, and as it is inside.

    Attributes:
        setuid: Files that make somebody else of whoever runs them.
        packages: What the package manager of its base has installed.
        base_packages: The same of the base.
        keys: Files that look like private keys.
    """

    inspected: Mapping[str, Any]
    setuid: tuple[str, ...]
    packages: frozenset[str]
    base_packages: frozenset[str]
    keys: tuple[str, ...]


def instructions(dockerfile: str) -> Iterator[tuple[str, str]]:
    """
    Instructions and what they are given, with comments left out and lines joined.
    """
    lines = [line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word.upper(), rest.strip()


def given(dockerfile: str, *words: str) -> list[str]:
    """
    What some instructions are given.
    """
    return [rest for word, rest in instructions(dockerfile) if word in words]


def takes_its_base_by_argument(dockerfile: str) -> bool:
    stages = {base.rpartition(" AS ")[2] for base in given(dockerfile, "FROM") if " AS " in base}
    outside = {base.split()[0] for base in given(dockerfile, "FROM")} - stages
    return outside == {"${PYTHON_IMAGE}"}


def never_updates_alone(dockerfile: str) -> bool:
    return not any(re.search(r"\b(update|upgrade)\b", line) for line in given(dockerfile, "RUN"))


def copies_and_never_adds(dockerfile: str) -> bool:
    return not given(dockerfile, "ADD")


def names_no_secret(dockerfile: str) -> bool:
    return not any(SECRET.search(line) for line in given(dockerfile, "ENV", "ARG", "LABEL"))


def installs_by_digest_only(dockerfile: str) -> bool:
    installs = [line for line in given(dockerfile, "RUN") if "pip install" in line]
    others = [line for line in given(dockerfile, "RUN") if PACKAGE_TOOLS.search(line)]
    return not others and all("--require-hashes" in line and "--only-binary :all:" in line for line in installs)


DOCKERFILE_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "4.2": takes_its_base_by_argument,
    "4.7": never_updates_alone,
    "4.9": copies_and_never_adds,
    "4.10": names_no_secret,
    "4.11": installs_by_digest_only,
}


def has_a_user_without_rights(image: Image) -> bool:
    return image.inspected["Config"]["User"].partition(":")[0] not in ("", "0", "root")


def brings_no_package_of_the_system(image: Image) -> bool:
    return bool(image.base_packages) and image.packages == image.base_packages


def says_how_to_ask_for_its_health(image: Image) -> bool:
    title = image.inspected["Config"]["Labels"]["org.opencontainers.image.title"]
    return title == "news-ingest cli" or bool(image.inspected["Config"].get("Healthcheck", {}).get("Test"))


def makes_nobody_else(image: Image) -> bool:
    return not image.setuid


def holds_no_secret(image: Image) -> bool:
    return not image.keys and not any(SECRET.search(line) for line in image.inspected["Config"]["Env"])


IMAGE_CHECKS: Mapping[str, Callable[[Image], bool]] = {
    "4.1": has_a_user_without_rights,
    "4.3": brings_no_package_of_the_system,
    "4.6": says_how_to_ask_for_its_health,
    "4.8": makes_nobody_else,
    "4.10": holds_no_secret,
}
