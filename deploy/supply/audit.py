"""
Looks for known vulnerabilities of what is locked, by pip-audit, which comes by `uv tool run` and is no dependency.

    python -m deploy.supply.audit

pip-audit calls packages that its data do not know "skipped", and then says that no vulnerability is known: behind an
index without such data it never finds any. So its answer is read package by package, and what was not looked at is said
aloud.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

ROOT = Path(__file__).parents[2]

TOOL = "pip-audit@2.10.1"

SERVICES = ("pypi", "osv")
"""Where pip-audit looks, the second where the first knows nothing."""

TIMEOUT_S = 120


@dataclass(frozen=True)
class Verdict:
    """
    What an audit says.

    Attributes:
        audited: How many packages were looked up.
        unknown: Names of those that could not be.
        found: A line for each vulnerability.
    """

    audited: int
    unknown: tuple[str, ...]
    found: tuple[str, ...]


def judge(answer: str) -> Verdict:
    """
    Read pip-audit's JSON.

    Raises:
        ValueError: It is none.
    """
    told = json.loads(answer)
    rows: list[dict[str, Any]] = told["dependencies"] if isinstance(told, dict) else []
    known = [row for row in rows if "skip_reason" not in row]
    found = tuple(_line(row, problem) for row in known for problem in row["vulns"])
    return Verdict(len(known), tuple(row["name"] for row in rows if "skip_reason" in row), found)


def _line(row: dict[str, Any], problem: dict[str, Any]) -> str:
    fixed = ", ".join(problem.get("fix_versions") or []) or "no version"
    names = " ".join([problem["id"], *problem.get("aliases", [])])
    return f"{row['name']} {row['version']}: {names}; fixed in {fixed}"


def report(verdict: Verdict | None) -> tuple[str, int]:
    """
    What to say, and the exit status: 1 for a vulnerability, 0 else; nothing is passed over in silence.
    """
    if verdict is None or not verdict.audited:
        why = "no data could be had" if verdict is None else f"the data know none of {len(verdict.unknown)} packages"
        return (
            f"AUDIT SKIPPED: {why}. Nothing is known about vulnerabilities; run `make audit` where there are data.",
            0,
        )
    lines = [f"VULNERABLE: {line}" for line in verdict.found]
    if verdict.unknown:
        lines.append(f"AUDIT IN PART: nothing is known about {', '.join(verdict.unknown)}")
    lines.append(f"{verdict.audited} packages audited, {len(verdict.found)} vulnerabilities")
    return "\n".join(lines), 1 if verdict.found else 0


def ask(service: str) -> Verdict | None:
    """
    Run pip-audit over the lock; nothing where it, or its data, cannot be had.
    """
    uv = which("uv", path=str(Path(sys.executable).parent)) or which("uv")
    if uv is None:
        return None
    options = ["--progress-spinner", "off", "--disable-pip", "--require-hashes", "--format", "json"]
    command = [uv, "tool", "run", TOOL, *options, "-s", service, "-r", str(ROOT / "requirements.lock")]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)  # noqa: S603 - all words are ours
        return judge(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError):
        return None


def main() -> int:
    """
    Ask until somebody knows something.
    """
    verdict = None
    for service in SERVICES:
        verdict = ask(service) or verdict
        if verdict is not None and verdict.audited:
            break
    said, status = report(verdict)
    sys.stdout.write(said + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
