"""
Derives `data/mediatopics.tsv` from a dump of IPTC Media Topics: `python -m services.tagger.derive_mediatopics FILE`.

The dump is a JSON list of concepts with `q` (id), `en` (name), `parents` (ids, the top first), `wd` (Wikidata URL or
null) and `retired`. Ids, names, parents and Wikidata ids are kept; definitions are not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from services.tagger.data_files import DATA

HEAD = """\
# IPTC Media Topics: id, English name, parent's id, Wikidata id. Version of 2023-10-24, live concepts only.
# (c) International Press Telecommunications Council (IPTC), https://iptc.org/standards/media-topics/
# Licensed under Creative Commons Attribution 4.0, https://creativecommons.org/licenses/by/4.0/
# Changed: reduced to these four columns by `python -m services.tagger.derive_mediatopics`.
"""


def derive(concepts: Iterable[Mapping[str, Any]]) -> str:
    """
    Write the table of the concepts that are not retired, by id.
    """
    rows = [_row(concept) for concept in concepts if not concept["retired"]]
    return HEAD + "".join(f"{row}\n" for row in sorted(rows))


def _row(concept: Mapping[str, Any]) -> str:
    parent = concept["parents"][-1] if concept["parents"] else ""
    wikidata = (concept["wd"] or "").rpartition("/")[2]
    return "\t".join((concept["q"], " ".join(concept["en"].split()), parent, wikidata))


if __name__ == "__main__":
    dump = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    (DATA / "mediatopics.tsv").write_text(derive(dump), encoding="utf-8")
