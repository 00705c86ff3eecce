"""
Writes what is in the images: a software bill of materials for each (CycloneDX 1.6, JSON), and docs/licences.md.

    python -m deploy.supply.sbom dist/sbom

The same lock gives the same bytes: there is no time in them unless SOURCE_DATE_EPOCH states one.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from deploy.supply.packages import DEV, PARTS, ROOT, Package, lock_text, packages, project

PAGE = ROOT / "docs" / "licences.md"

PAGE_HEAD = """# Licences of what others made

Made from requirements.lock and the packages' own metadata by `make sbom`. Which licences may be used, and why, is
decided in [decisions/0004-licences-of-dependencies.md](decisions/0004-licences-of-dependencies.md); a test holds every
package against it. `used by` names images; `local` is what `news-ingest up`, the demo and `sink postgres` need,
`dev` is for building and testing. The data that others made are named in [NOTICE](../NOTICE).

| package | version | licence | used by |
|---|---|---|---|
"""


def licences_page() -> str:
    """
    The list of licences, as Markdown.
    """
    return PAGE_HEAD + "".join(
        f"| {p.name} | {p.version} | {p.licence or 'unknown'} | {', '.join(p.parts)} |\n" for p in packages()
    )


def bill(part: str, chosen: Iterable[Package], timestamp: str | None = None) -> dict[str, Any]:
    """
    The bill of materials of an image, or of everything.
    """
    chosen = list(chosen)
    ours = _ourselves(part)
    metadata = {"component": ours, **({"timestamp": timestamp} if timestamp else {})}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, ours['bom-ref'] + lock_text())}",
        "version": 1,
        "metadata": metadata,
        "components": [_component(package) for package in chosen],
        "dependencies": [
            {"ref": ours["bom-ref"], "dependsOn": sorted({_purl(package) for package in chosen})},
            *({"ref": _purl(package), "dependsOn": _needed(package, chosen)} for package in chosen),
        ],
    }


def _ourselves(part: str) -> dict[str, Any]:
    table = project()["project"]
    assert isinstance(table, dict)
    return {
        "type": "application",
        "bom-ref": f"news-ingest/{part}@{table['version']}",
        "name": f"news-ingest-{part}",
        "version": table["version"],
        "licenses": [{"expression": table["license"]}],
    }


def _component(package: Package) -> dict[str, Any]:
    used = [{"name": "news-ingest:used-by", "value": ", ".join(package.parts)}]
    marker = [{"name": "news-ingest:marker", "value": package.marker}] if package.marker else []
    return {
        "type": "library",
        "bom-ref": _purl(package),
        "name": package.name,
        "version": package.version,
        "scope": "excluded" if package.parts == (DEV,) else "required",
        "purl": _purl(package),
        **({"licenses": [{"expression": package.licence}]} if package.licence else {}),
        "properties": [*used, *marker],
    }


def _purl(package: Package) -> str:
    return f"pkg:pypi/{package.name}@{package.version}"


def _needed(package: Package, chosen: list[Package]) -> list[str]:
    return sorted(_purl(other) for other in chosen if other.name in package.needs)


def bills(timestamp: str | None = None) -> dict[str, str]:
    """
    All bills by file name.
    """
    chosen = {part: [package for package in packages() if part in package.parts] for part in PARTS}
    chosen["all"] = list(packages())
    return {
        f"news-ingest-{part}.cdx.json": json.dumps(bill(part, of, timestamp), indent=2) + "\n"
        for part, of in chosen.items()
    }


def main() -> None:
    """
    Write the bills into the folder on the command line, and the list of licences into the docs.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    timestamp = datetime.fromtimestamp(int(epoch), UTC).isoformat().replace("+00:00", "Z") if epoch else None
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in bills(timestamp).items():
        (folder / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{folder / name}\n")
    PAGE.write_text(licences_page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
