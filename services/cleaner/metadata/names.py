"""
Names of people and organisations in bylines, in the many ways in which pages write them.
"""

from __future__ import annotations

import re

from services.cleaner.lines import fold, tidy

MAX_NAME_CHARS = 80
MAX_WORDS = 5
"""A person's name in a byline has no more."""

_LEAD = re.compile(
    r"^\W*(?:(?:(?:written|posted|published|reported|words|story|text|article|report|updated|edited"
    r"|reviewed)\s+by|by"
    r"|(?:geschrieben |verfasst |erstellt )?von|écrit par|publié par|par|escrito por|publicado por|por|di|a cura di|af"
    r"|av|door|przez"
    r"|view all posts by|posts by|more from|text|texte|testo|tekst"
    r"|redaktion(?=:)|interview(?=:)|autor(?:in|es?|ka)?|auteurs?|autori|authors?|автор"
    r"|автори|текст|reporter|yazan|kirjoittaja|szerző)(?:\s*:\s*|\s+))+(?=\S)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:;|\||•|·|\n|\s/\s|\s&\s|\s(?:and|und|et|og|och|en|и)\s)\s*", re.IGNORECASE)
_NOT_A_NAME = re.compile(
    r"https?:|www\.|@|\d{3}|^\W*$|^[a-z]{2,4}$|\.(?:com|org|net|de|fr)$|^[a-z]+(?:[._][a-z]+){2,}$", re.IGNORECASE
)
_AFTER_NAME = re.compile(r"\s*(?:\(|\s[-–—]\s|\s[-–—]{2}\s|\son\s|\sam\s|\d).*$", re.DOTALL)
_DEGREE = re.compile(
    r"(?:[A-Z]\.?){2,6}®?|ph\.?\s?d\.?|pharm\.?\s?d\.?|ed\.?\s?d\.?|m\.?sc?\.?|jr\.?|sr\.?|i{2,3}|esq\.?|MPhil|[A-Za-z]{2,6}®"
)
_NOBODY = frozenset(
    {"admin", "administrator", "editor", "editors", "author", "staff", "guest", "user", "root", "webmaster", "unknown",
     "anonymous", "none", "null", "undefined", "n a", "redaktion", "redaction", "redaccion", "redazione", "redactie",
     "редакция", "redakcja", "website", "news desk", "newsdesk", "web desk", "contributor", "superuser", "super user",
     "site admin", "webdesk", "moderator", "owner", "редактор", "admin user", "wpadmin", "content team", "by"}
)  # fmt: skip
_PARTICLES = frozenset(
    ("de", "del", "della", "di", "da", "das", "do", "dos", "du", "des", "la", "le", "van", "von", "der", "den", "ten",
     "ter", "zu", "zur", "bin", "ibn", "al", "el", "e", "y", "i", "af", "av", "vom", "und", "st")
)  # fmt: skip
_NO_PERSON = frozenset(
    ("about", "all", "and", "archive", "article", "articles", "at", "author", "authors", "autor", "autoren", "bio",
     "blog", "by", "chief", "comment", "comments", "company", "contact", "contributor", "contributors",
     "correspondent", "december", "desk", "dezember", "director", "editor", "editorial", "editors", "email",
     "expert", "facebook", "februar", "february", "follow", "for", "founder", "friday", "from", "full", "gmbh",
     "guest", "home", "in", "inc", "instagram", "is", "januar", "january", "journalist", "juli", "july", "juni",
     "kommentar", "kommentare", "last", "latest", "linkedin", "list", "llc", "ltd", "magazine", "mai", "mail",
     "manager", "march", "marz", "meet", "min", "minutes", "monday", "more", "my", "news", "newsletter", "newsroom",
     "november", "october", "oktober", "on", "our", "photo", "post", "posted", "posts", "press", "presse", "print",
     "profile", "published", "read", "redakteur", "redakteurin", "redaktion", "reporter", "saturday", "senior",
     "september", "share", "specialist", "staff", "subscribe", "sunday", "team", "the", "this", "thursday", "to",
     "tuesday", "twitter", "uber", "uhr", "updated", "view", "von", "website", "wednesday", "whatsapp", "with",
     "writer", "writers", "written", "your", "zum")
)  # fmt: skip
"""Folded words that stand in no name."""

_AFTER_PERSON = _NO_PERSON | {"april", "august", "june", "may"}
"""Words that end one: of the months, some are first names too."""

_LABELS = frozenset(("view", "profile", "profil", "posts", "all", "more", "about", "contact"))
_COMPANY = re.compile(r"\b(?:Inc|LLC|Ltd|GmbH|AG|PC|PLC|Corp|Co|S\.?A|S\.?r\.?l|B\.?V|e\.?\s?V|Pty|LLP)\.?$")
_ACRONYM = re.compile(r"(?=.*[^AEIOUYÄÖÜ]{3})[A-Z]{3,5}")
"""As in the names of stations and agencies; in a person's name, capitals stand for initials or can be spoken."""

_NICK = re.compile(r"[^\W\d_]\w{1,19}")
_WORD = re.compile(r"(?:[^\W\d_]+[.'’‘`-]?)+", re.UNICODE)


def split_names(text: str) -> list[str]:
    """
    Split a byline into names: "By Ann Lee and Bo Ek" has two, "Ann Lee, Paris" is left as it is read: a name first.
    """
    names: list[str] = []
    for chunk in _SPLIT.split(_LEAD.sub("", tidy(re.sub(r"<[^>]{1,200}>", " ", text)))):
        parts = [part.strip() for part in chunk.split(",")]
        parts = [part for index, part in enumerate(parts) if not index or not _DEGREE.fullmatch(part)]
        # "Lee, Ann" is one name; "Ann Lee, Bo Ek" are two.
        is_inverted = len(parts) == 2 and all(len(part.split()) == 1 for part in parts)
        names += [" ".join(reversed(parts))] if is_inverted else parts
    return [name for name in (_LEAD.sub("", name).strip(" .:-–—\"'") for name in names) if is_name(name)]


def is_name(name: str) -> bool:
    """
    May this be anybody's name? Addresses, numbers, agency codes and "admin" are not.
    """
    return 1 < len(name) <= MAX_NAME_CHARS and not _NOT_A_NAME.search(name) and fold(name) not in _NOBODY


def people_in(line: str, *, is_marked: bool = False) -> list[str]:
    """
    The people whom a visible byline names: two to five words each, all of them written as names are.

    Args:
        line: The byline.
        is_marked: It is known to hold nothing but a name: then that may be a single word.
    """
    text = tidy(line)
    found = []
    for name in map(_until_trade, split_names(_AFTER_NAME.sub("", _LEAD.sub("", text)))):
        if not is_person(name):
            break
        found.append(name)
    if (
        not found
        and is_marked
        and _NICK.fullmatch(nick := _LEAD.sub("", text))
        and fold(nick) not in _NO_PERSON | _NOBODY
    ):
        return [nick]
    return found


def is_company(name: str) -> bool:
    """
    Does it end as the names of companies do?
    """
    return bool(_COMPANY.search(name))


def is_label(text: str) -> bool:
    """
    Is it a label of a page, like "View my profile", with no name in it?
    """
    return not {fold(word) for word in text.split()}.isdisjoint(_LABELS)


def is_person(name: str) -> bool:
    """
    Is this written as a person's name is: capitals but for particles, no word of a trade, no digit?
    """
    words = name.split()
    if not 2 <= len(words) <= MAX_WORDS or {fold(word) for word in words} & _NO_PERSON:
        return False
    if all(len(word) < 5 and word.isupper() for word in words) or (words[0].isupper() and _ACRONYM.fullmatch(words[0])):
        return False
    return all(_WORD.fullmatch(word) and (not word[0].islower() or word.lower() in _PARTICLES) for word in words)


def _until_trade(name: str) -> str:
    words = name.split()
    end = next((index for index, word in enumerate(words) if index > 1 and fold(word) in _AFTER_PERSON), len(words))
    return " ".join(words[:end])
