"""
The encodings of the web: which name means which, and what a text looks like that was read with the wrong one.

Labels as in the WHATWG Encoding standard, "names and labels": a label stands for what browsers read, not for what the
IANA registered (`iso-8859-1` is windows-1252, `gb2312` is gb18030).
"""

from __future__ import annotations

import re
import unicodedata

_LABELS: dict[str, str] = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e "
    "iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
    "iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 "
    "iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 "
    "iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252 x-user-defined",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 "
    "windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc_jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022_jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 "
    "windows-949",
    "utf-16-be": "unicodefffe utf-16be",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
}
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}

_BY_LANGUAGE: dict[str, str] = {
    **dict.fromkeys(("ar", "fa", "ur"), "cp1256"),
    **dict.fromkeys(("be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "tt", "uk"), "cp1251"),
    **dict.fromkeys(("cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq", "bs"), "cp1250"),
    **dict.fromkeys(("et", "lt", "lv"), "cp1257"),
    **dict.fromkeys(("az", "ku", "tr"), "cp1254"),
    "el": "cp1253",
    "he": "cp1255",
    "ja": "cp932",
    "ko": "cp949",
    "th": "cp874",
    "vi": "cp1258",
    "zh": "gb18030",
}
"""The encoding that pages of a language have when they name none (WHATWG HTML, the table of default encodings)."""

_ODD = re.compile(
    "[\ufffd\x80-\x9f\ue000-\uf8ff]"  # not text
    "|[\u00a1-\u00ff\u0152-\u0192]{5,}"  # no language strings so many accents together: Cyrillic or CJK bytes
    "|[\uff61-\uff9f]{4,}"  # half-width katakana in a row: other bytes read as Shift_JIS
    "|[ÂÃâ][\u00a0-\u00bf€‚„…†‡ˆ‰‹‘’“”•–—˜™š›œ]"  # UTF-8 read as windows-1252
    "|[\u2500-\u257f]"  # box drawing: DOS code pages
)
_WESTERN = re.compile("(?<=[A-Za-z])[À-ÿŒœŠšŽžŸƒ]{1,2}|[À-ÿŒœŠšŽžŸ](?=[a-z])|[\u00a0€‚„…‘’“”•–—™«»©®°§£¡¿·×²³ªº½¼¾±µ´]")
_CAPITAL, _SMALL = re.compile("[А-ЯЁ]"), re.compile("[а-яё]")
"""KOI8 and windows-1251 have their cases swapped: a text of capitals was read with the other one."""

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


def codec_of(label: str | None) -> str | None:
    """
    Return Python's codec for an encoding label, or None for a label that browsers do not know.
    """
    return _CODECS.get(label.strip().strip("\"'").lower()) if label else None


def codec_of_language(language: str | None) -> str | None:
    """
    Return the codec that pages in a language most likely have when they name none.
    """
    return _BY_LANGUAGE.get(language.lower().replace("_", "-").partition("-")[0]) if language else None


def oddness(text: str) -> float:
    """
    Tell how much of a text's characters beyond ASCII look as if it was read with the wrong encoding, from 0 to 1.
    """
    beyond = "".join(_BEYOND_ASCII.findall(text[:400_000]))[:20_000]
    if not beyond:
        return 0.0
    if len(_CAPITAL.findall(beyond)) > 2 * len(_SMALL.findall(beyond)):
        return 1.0
    odd = sum(len(run) for run in _ODD.findall(text[:400_000]))
    unassigned = sum(unicodedata.category(char) == "Cn" for char in beyond)
    return min(1.0, (odd + unassigned) / len(beyond))


def is_web_codec(codec: str) -> bool:
    """
    Do browsers know this codec under any label?
    """
    return codec in _LABELS


def is_western(text: str) -> bool:
    """
    Is this what windows-1252 gives for a western language: accents amid plain letters, typographic marks?
    """
    beyond = sum(len(run) for run in _BEYOND_ASCII.findall(text))
    return sum(len(run) for run in _WESTERN.findall(text)) >= 0.7 * beyond
