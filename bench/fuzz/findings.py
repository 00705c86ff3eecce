"""
Findings as files, and what a run of the fuzzer reports.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.fuzz.arena import Problem, Run
from bench.fuzz.inputs import Input
from schemas.ids import sha256_hex

SLOWEST = 5
MAX_KEPT = 3
"""Files kept of findings that look like one bug."""


@dataclass(frozen=True)
class Slow:
    """
    One of the slowest inputs.
    """

    cpu_s: float
    body_bytes: int
    index: int
    outcome: str
    steps: tuple[str, ...]


@dataclass
class Report:
    """
    What was done and what was seen.

    Attributes:
        cpu_s: CPU seconds of all processes, the making of the inputs included.
        repeated: Inputs that were run a second time, in another process under another hash seed.
        findings: Signature of a bug -> how often it was met.
        noise: Inputs that were lost once and then passed: a busy machine.
    """

    seed: int
    inputs: int = 0
    repeated: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    body_bytes: int = 0
    largest_event_bytes: int = 0
    worker_peak_mb: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: list[Slow] = field(default_factory=list)
    findings: Counter[str] = field(default_factory=Counter)
    files: list[str] = field(default_factory=list)
    noise: int = 0

    def add(self, given: Input, run: Run) -> None:
        """
        Count a run.
        """
        outcome = run.verdict.outcome if run.verdict else f"broken {run.problems[0].code}"
        self.inputs += 1
        self.body_bytes += len(given.page.body)
        self.worker_peak_mb = max(self.worker_peak_mb, run.verdict.peak_mb if run.verdict else 0)
        self.outcomes[outcome] += 1
        self.largest_event_bytes = max(self.largest_event_bytes, run.verdict.event_bytes if run.verdict else 0)
        slow = Slow(round(run.seconds, 3), len(given.page.body), given.index, outcome, given.steps)
        self.slowest = sorted([*self.slowest, slow], key=lambda one: -one.cpu_s)[:SLOWEST]

    def as_json(self) -> dict[str, Any]:
        """
        For a file.
        """
        counted = {"outcomes": dict(self.outcomes.most_common()), "findings": dict(self.findings.most_common())}
        return asdict(self) | counted

    def as_text(self) -> str:
        """
        For people.
        """
        work = f"{self.inputs} inputs (seed {self.seed}), {self.body_bytes / 1e6:.0f} MB, {self.repeated} run twice"
        spent = f"{self.cpu_s:.0f} CPU seconds in {self.wall_s:.0f} s, lost once to a busy machine: {self.noise}"
        most = f"largest event {self.largest_event_bytes / 1e6:.2f} MB, worker's peak {self.worker_peak_mb} MB"
        lines = [
            f"{work}; {spent}; {most}",
            "outcomes: " + ", ".join(f"{name} {count}" for name, count in self.outcomes.most_common()),
            "slowest:",
            *(
                f"  {one.cpu_s:7.3f} s {one.body_bytes:8} bytes  #{one.index} {one.outcome}  {' '.join(one.steps)}"
                for one in self.slowest
            ),
            f"findings: {sum(self.findings.values())}",
            *(f"  {count} x {signature}" for signature, count in self.findings.most_common()),
            *(f"  {path}" for path in self.files),
        ]
        return "\n".join(lines)


def save(folder: Path, given: Input, problem: Problem) -> Path:
    """
    Write a finding to a file that `--replay` reads; return its path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{problem.code.lower()}-{given.seed}-{given.index}"
    path = folder / f"{name}.json"
    if path.exists():
        path = folder / f"{name}-{sha256_hex(problem.signature.encode())[:6]}.json"
    told = {"code": problem.code, "detail": problem.detail, "place": problem.place, "trace": problem.trace}
    path.write_text(json.dumps({"problem": told, "input": given.as_json()}, indent=1), encoding="utf-8")
    path.with_suffix(".html").write_bytes(given.page.body)
    return path


def load(path: Path) -> Input:
    """
    The input of a saved finding.

    Raises:
        ValueError, KeyError, OSError: It cannot be read.
    """
    return Input.from_json(json.loads(path.read_text(encoding="utf-8"))["input"])
