"""
Rules by words: covers, pleas, labels, openings; the edges of a body; the files that they are read from.
"""

import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.parts import Author
from services.cleaner import boilerplate
from services.cleaner.boilerplate.repeats import strip_repeats
from services.cleaner.boilerplate.rules import Rules, load_rules, strip_boilerplate
from services.cleaner.document import passage, texts

FOLDER = Path(boilerplate.__file__).parent
PROSE = "The dam above the village held through the night, the mayor said on Sunday, and nobody was hurt."
MAX_ENTRY_CHARS = 80

GOES = {
    "Skip straight to the comments section": "skip-link",
    "Follow the Harbour Herald on Facebook and Instagram": "follow",
    "Want the best of the week? Subscribe to our newsletter now": "subscribe",
    "Melden Sie sich hier für unseren Newsletter an": "subscribe",
    "Recevez chaque soir notre lettre d'information": "subscribe",
    "Diese Website verwendet Cookies. Mehr dazu in unserer Datenschutzerklärung.": "consent",
    "Laden Sie die Hafenboten-App im App Store": "app",
    "Leestijd: 7 min": "audio",
    "Słowa kluczowe: most, rzeka, powódź": "tags",
    "Обновлено: 03.02.2021, 10:15": "updated",
    "#harbour #storm #flood": "tags",
    "この記事をLINEで送る": "share",
}
STAYS = (
    "Follow the money",
    "Share prices fall",
    "Subscribers to the newsletter doubled in a year.",
    "Das Abo wird um zwei Euro im Monat teurer.",
    "Les commentaires du ministre ont choqué.",
    "Recibe amenazas por correo electrónico",
    "Di Maio attacca Salvini",
    "Få læser nyhedsbreve i dag.",
    "تلقى بريدا إلكترونيا من الوزير",
    "订阅经济兴起",
    '"Follow us," he said.',
    "Ads: Boats are sold at the pier, and you can choose yours on Sundays. Bring your own rope.",
    "2. Conversational ferries",
    "Find more Social Media and Harbour Agencies in the North and Rest of World",
    "(Graphic: Rising tides in 2019 - here)",
    "Rope in your inbox within 72 hours",
    "Submit your boat today and claim your place among the fastest of the bay: https://example.org/race",
    "Mehr als 100 Kommentare",
    "Comments 2.0",
    "Copyright 2019 Act",
    "12 times",
    "By Popular Demand",
    "By The Sea",
)
ITEMS = ("Sign up for a Ferryline account for $11.99 a month", "If you already have one, visit your page to upgrade")


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules()


@pytest.mark.parametrize(("line", "rule"), GOES.items())
def test_a_line_goes_by_its_words(rules: Rules, line: str, rule: str) -> None:
    """
    No file lists it as a whole.
    """
    assert rules.match(line) == rule


@pytest.mark.parametrize("line", STAYS)
def test_a_line_with_other_words_besides_stays(rules: Rules, line: str) -> None:
    """
    The same words in headings and sentences of articles.
    """
    assert rules.match(line, at_edge=True) is None


def test_the_items_of_a_list_are_not_read_as_one_line(rules: Rules) -> None:
    """
    What is a plea only when they are joined is none.
    """
    items = replace(passage("\n".join(ITEMS)), kind="list")

    assert rules.match(" ".join(ITEMS)) == "subscribe"
    assert strip_boilerplate([items], rules) == (items,)


def test_a_line_is_judged_anew_at_the_edges(rules: Rules) -> None:
    """
    What was found for it elsewhere does not count.
    """
    line = "By Ann Lee, reporter"

    assert [rules.match(line), rules.match(line, at_edge=True), rules.match(line)] == [None, "byline", None]


def test_a_byline_goes_at_the_edges_only(rules: Rules) -> None:
    """
    Between paragraphs of prose the same line is kept: there it may be a subheading.
    """
    body = [passage("By Ann Lee, reporter"), passage(PROSE), passage("By Ann Lee, reporter"), passage(PROSE)]

    assert texts(strip_boilerplate(body, rules)) == [PROSE, "By Ann Lee, reporter", PROSE]


def test_what_is_said_about_the_author_goes_from_the_end() -> None:
    """
    A paragraph that begins with the author's name and names a trade; elsewhere it stays.
    """
    life = passage("Ann Lee is a reporter who covers ports and shipping.")
    body = (passage("Ports"), *[passage(PROSE)] * 6, life)

    left = strip_repeats(body, ["Ports"], [Author(name="Ann Lee")])

    assert texts(left) == [PROSE] * 6


def test_what_is_said_about_others_stays() -> None:
    """
    A trade alone does not tell.
    """
    body = (passage(PROSE), passage("Bo Ek is a reporter who covers ports and shipping."))

    assert strip_repeats(body, [], [Author(name="Ann Lee")]) == body


@pytest.mark.parametrize(
    "file", sorted(set(FOLDER.glob("*.toml")) - {FOLDER / "grammar.toml"}), ids=lambda file: file.stem
)
def test_entries_are_short(file: Path) -> None:
    """
    A long one would be a line learnt by heart, not a rule.
    """
    tables = [table for table in tomllib.loads(file.read_text("utf-8")).values() if isinstance(table, dict)]
    listed = [value for table in tables for value in table.values() if isinstance(value, str)]
    entries = [entry.strip() for text in listed for entry in text.split(",")]

    assert [entry for entry in entries if len(entry) > MAX_ENTRY_CHARS] == []


def test_the_documentation_tells_of_every_class() -> None:
    """
    In its table.
    """
    documentation = (Path(__file__).parents[3] / "docs" / "boilerplate.md").read_text("utf-8")
    grammar = tomllib.loads((FOLDER / "grammar.toml").read_text("utf-8"))
    classes = [rule for rule, table in grammar.items() if isinstance(table, dict)]

    assert [rule for rule in classes if f"| `{rule}` |" not in documentation] == []


def test_the_rules_do_not_depend_on_the_hash_seed() -> None:
    """
    The same classes, whatever order sets have.
    """
    code = (
        f"from services.cleaner.boilerplate.rules import load_rules as l; print([l().match(x) for x in {list(GOES)!r}])"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }

    assert len(runs) == 1
