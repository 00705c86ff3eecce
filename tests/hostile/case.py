"""
One case: what a host does, and how it has to end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.hostile.names import Reply, Zone
from tests.hostile.server import Script, Visit, answer

STORY = b"<!doctype html><html><head><title>A dam holds</title></head><body><p>It held.</p></body></html>"

PAGE = answer(200, STORY)

MISSING = answer(404)


@dataclass(frozen=True, kw_only=True)
class Case:
    """
    A host that misbehaves, or that only looks as if it did.

    Attributes:
        name: Of the case, and of its host below `hostile.test`.
        ends: The conclusions that matter, in order. After each, what waits is tried again, and what is done is asked
            for again.
        page: What stands at the URL that is asked for.
        routes: Further paths of the host; `{other}` in a name is the host of another case.
        url: What is asked for, where it is not the page; `{port}`, `{tls}` and `{host}` are filled in.
        zone: What the DNS says of the host.
        never: Bytes that may stand in nothing that is published.
    """

    name: str
    ends: tuple[str, ...]
    page: Script = PAGE
    robots: Script = MISSING
    routes: Mapping[str, Script] = field(default_factory=dict)
    kind: Literal["page", "feed"] = "page"
    url: str = "http://{host}:{port}/a"
    host: str = ""
    zone: Zone | None = None
    never: bytes = b"hostile secret"

    @property
    def host_name(self) -> str:
        """
        Where it lives.
        """
        return self.host or f"{self.name}.hostile.test"

    @property
    def is_slow(self) -> bool:
        """
        Whether it only ends when patience does.
        """
        is_mute = isinstance(self.zone, Reply) and not self.zone.is_sent
        return is_mute or any("TIMED_OUT" in end for end in self.ends)

    def script(self) -> Mapping[str, Script]:
        """
        All that its host answers.
        """
        return {"/robots.txt": self.robots, "/a": self.page, **self.routes}


def cases(**ends: tuple[Script, str]) -> tuple[Case, ...]:
    """
    Cases that differ in their page only: names are written with underscores.
    """
    return tuple(Case(name=name.replace("_", "-"), page=page, ends=(end,)) for name, (page, end) in ends.items())


def leads_to(location: str, status: int = 302) -> bytes:
    """
    A redirect.
    """
    return answer(status, location=location)


def counted(*answers: bytes) -> Script:
    """
    Another answer each time; the last for ever.
    """

    async def script(visit: Visit) -> None:
        await visit.send(answers[min(visit.number, len(answers)) - 1])

    return script
