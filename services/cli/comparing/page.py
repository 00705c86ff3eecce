"""
A comparison as one HTML file, with examples side by side: no script in it, and nothing that it would load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from itertools import islice
from pathlib import Path

from services.cli.comparing.cases import PUBLISHED, Case
from services.cli.comparing.fields import BY_NAME, Kind, Value
from services.cli.comparing.marks import Row, Side, side_by_side
from services.cli.comparing.report import Report, SiteReport, name_of
from services.cli.comparing.showing import Outcome, how, summary
from services.cli.errors import OutputFileError

MAX_EXAMPLES = 600
"""Of the whole page, so that a browser can show it; sites in which more changes come first."""

MAX_SUMMED_SITES = 1000

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem 1.5rem; max-width: 90rem; color: #1a1a1a;
  background: #fff }
h1 { font-size: 1.3rem } h2 { font-size: 1.15rem; border-bottom: 1px solid #ccc; margin-top: 2.5rem }
h3 { font-size: 1rem; margin: 1.5rem 0 .3rem } small, .skip { color: #555 }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
table.sums { width: auto; table-layout: auto }
th { text-align: left; font-weight: 600 } th, td { padding: .2rem .8rem; vertical-align: top; overflow-wrap: anywhere;
  border-top: 1px solid #eee; white-space: pre-wrap }
.sums td { white-space: normal } .skip { text-align: center; font-size: .85rem }
del { background: #fbd9d6; text-decoration: line-through; text-decoration-color: #b3261e }
ins { background: #d4f0dc; text-decoration: none; border-bottom: 2px solid #1a7f37 }
"""

Load = Callable[[str], Case]
"""The case of an example's id."""


def write_page(outcome: Outcome, load: Load, target: Path) -> None:
    """
    Write the file, example by example.

    Raises:
        OutputFileError: It cannot be written.
    """
    try:
        with target.open("w", encoding="utf-8", errors="replace") as file:
            file.writelines(to_page(outcome, load))
    except OSError as error:
        raise _unwritable(target, error) from None


def check_target(target: Path) -> None:
    """
    See that a file can be written, before all the work that leads to it.

    Raises:
        OutputFileError: It cannot.
    """
    try:
        target.open("a").close()
    except OSError as error:
        raise _unwritable(target, error) from None


def _unwritable(target: Path, error: OSError) -> OutputFileError:
    return OutputFileError(f"{target} cannot be written: {error.strerror}", "name another path")


def to_page(outcome: Outcome, load: Load) -> Iterator[str]:
    """
    The page, piece by piece.
    """
    title = f"{outcome.what} through the code at hand, and as they were published"
    yield f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>{_STYLE}</style></head><body>
<h1>{escape(title)}</h1>
"""
    yield "".join(f"<p>{escape(line.strip())}</p>\n" for line in summary(outcome))
    yield _sums(outcome.report)
    yield from islice(_examples(outcome.report, load), MAX_EXAMPLES)
    yield f"<p><small>At most {MAX_EXAMPLES} examples are shown; all sums are above, and in JSON.</small></p>\n"
    yield "</body></html>\n"


def _sums(report: Report) -> str:
    rows = ["<tr><th>site<th>what<th>changed<th>of<th>how</tr>"]
    for name, site in [("all", report.total), *report.ordered()[:MAX_SUMMED_SITES]]:
        rows += [_sum(name, name_of(change), count, site.inputs, "") for change, count in site.changed_ends()]
        rows += [
            _sum(name, field, found.changed, found.compared, how(field, found))
            for field, found in site.changed_fields()
        ]
    return f'<table class="sums">{"".join(rows)}</table>\n' if len(rows) > 1 else ""


def _sum(*cells: object) -> str:
    return "<tr>" + "".join(f"<td>{escape(str(cell))}" for cell in cells) + "</tr>\n"


def _examples(report: Report, load: Load) -> Iterator[str]:
    for name, site in report.ordered():
        heading = f"<h2>{escape(name)}</h2>\n"
        for example in _of_site(site, load):
            yield heading + example
            heading = ""


def _of_site(site: SiteReport, load: Load) -> Iterator[str]:
    for change, _ in site.changed_ends():
        for example in site.end_examples[change]:
            case = load(example)
            sides = ((), case.opening) if change[1] == PUBLISHED else (case.opening, ())
            yield _heading(name_of(change), case) + _table(side_by_side(*sides))
    for field, found in site.changed_fields():
        for example in found.examples:
            case = load(example)
            yield _heading(field, case) + _table(_rows(field, *case.fields[field]))


def _heading(what: str, case: Case) -> str:
    """
    The URL is no link: it is a publisher's word, and the page may be passed on.
    """
    return f'<h3>{escape(what)}</h3><p dir="auto">{escape(case.url)} <small>{escape(case.id)}</small></p>\n'


def _table(rows: list[Row]) -> str:
    return f"<table><tr><th>as it was published<th>by the code at hand</tr>{''.join(map(_row, rows))}</table>\n"


def _rows(field: str, before: Value, after: Value) -> list[Row]:
    if BY_NAME[field].kind is Kind.LIST and sorted(before) == sorted(after):
        return side_by_side(("\n".join(before),), ("\n".join(after),))
    return side_by_side(before, after)


def _row(row: Row) -> str:
    if row.skipped:
        return f'<tr><td colspan="2" class="skip">… {row.skipped} more …</tr>\n'
    return f'<tr><td dir="auto">{_side(row.before, "del")}<td dir="auto">{_side(row.after, "ins")}</tr>\n'


def _side(side: Side, mark: str) -> str:
    return "".join(f"<{mark}>{escape(p.text)}</{mark}>" if p.is_marked else escape(p.text) for p in side)
