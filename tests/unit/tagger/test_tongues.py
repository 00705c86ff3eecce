from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.tagger.document import normalise
from services.tagger.tongues import LANGUAGES, stem_of

STORIES = [
    ("de", "medtop:03000000", {"Germany"},
     ("Hochwasser in Sachsen. Das Hochwasser hat Straßen überflutet, die Feuerwehr rettete "
     "Menschen. Es ist Deutschlands schwerste Flutkatastrophe seit Jahren.")),
    ("de", "medtop:11000000", {"Austria", "Vienna"},
     ("In Wien hat die Wahl begonnen. Wähler in ganz Österreich geben ihre Stimmzettel ab, der "
     "Kandidat der Opposition liegt vorn.")),
    ("fr", "medtop:02000000", {"France", "Lyon"},
     ("Le tribunal de Lyon a condamné un homme pour meurtre. Le procureur de la France voisine a "
     "salué le verdict du procès.")),
    ("fr", "medtop:16000000", {"Ukraine"},
     ("Des soldats ont été blessés par un bombardement en Ukraine. L'artillerie a frappé la nuit,"
     " les troupes reculent.")),
    ("es", "medtop:15000000", {"Spain", "Madrid"},
     ("El entrenador del equipo de Madrid celebró dos goles. El portero fue el mejor del "
     "campeonato de fútbol de España.")),
    ("es", "medtop:07000000", {"Peru"},
     ("Los médicos de un hospital de Perú tratan la enfermedad. La vacuna contra el virus llegará"
     " en mayo.")),
    ("it", "medtop:04000000", {"Italy", "Milan"},
     ("La borsa di Milano perde terreno. L'inflazione in Italia sale e la banca centrale alza i "
     "tassi di interesse.")),
    ("it", "medtop:17000000", {"Italy"},
     ("Temporali e grandine sull'Italia: i meteorologi attendono temperature in calo e piogge per"
     " tre giorni.")),
    ("ru", "medtop:07000000", {"Russia", "Moscow"},
     "Врачи больницы в Москве лечат новую болезнь. Вакцина от вируса появится в России осенью."),
    ("ru", "medtop:03000000", {"Japan"},
     "Землетрясение в Японии вызвало цунами. Спасатели ищут пострадавших, пожар потушен."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "subject", "named", "story"), STORIES)
def test_a_plain_story_is_tagged_in_its_language(
    tag: Callable[..., Any], language: str, subject: str, named: set[str], story: str
) -> None:
    """
    Its first subject and its places are said, and no other place is.
    """
    found = tag(story, headline="", in_language=language).found

    assert found.subjects[0].id == subject
    assert {place.name for place in found.places} == named


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_word_is_no_subject(tag: Callable[..., Any], language: str) -> None:
    """
    Where lists are short a single word names nothing.
    """
    assert tag("Virus virus virus.", headline="", in_language=language).found.subjects == ()


def test_a_short_beginning_stands_for_short_words_only() -> None:
    """
    "mord" is "Mordes", not a longer word; a whole word is itself alone.
    """
    assert stem_of("mord").stands([(normalise("Mordes"),)])
    assert not stem_of("mord").stands([("mordwinien",)])
    assert not stem_of("gol_").stands([("golf",)])
