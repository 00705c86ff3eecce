"""
From bytes to text, without mojibake.
"""

import codecs

import pytest

from services.cleaner.page.charsets import codec_of
from services.cleaner.page.decode import Decoded, Undecodable, decode

CHINESE = "青河上的新桥周六通车，比原计划提前一天，桥头站满了前来观看的居民。" * 4
JAPANESE = "青川にかかる新しい橋が土曜日、予定より一日早く開通した。石は川岸の整備に使う。" * 4
KOREAN = "청천의 새 다리가 토요일에 예정보다 하루 일찍 개통했다고 군청이 밝혔다. " * 4
TAIWANESE = "青河上的新橋週六通車，比原計畫提前一天，橋頭站滿了前來觀看的居民。" * 4
RUSSIAN = "Мост через реку Тихую открыли в субботу, на день раньше срока, сообщил мэр. " * 4
FRENCH = "Le pont sur la Calme est ouvert, a déclaré le maire – c’est un jour plus tôt que prévu. " * 3
CZECH = "Most přes řeku Tichou otevřeli v sobotu, o den dříve, řekl starosta. Nikdo nečekal. " * 3
TURKISH = "Köprü cumartesi günü, bir gün erken açıldı, dedi belediye başkanı. " * 3
UTF8, LATIN, NONE = "text/html; charset=utf-8", "text/html; charset=ISO-8859-1", "text/html"


def page(text: str, declared: str | None = None) -> str:
    meta = f'<meta charset="{declared}">' if declared else ""
    return f"<html><head>{meta}</head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "codec", "header", "meta"),
    [
        (CHINESE, "gb2312", "text/html; charset=GB2312", None),
        (CHINESE, "gbk", NONE, "gbk"),
        (CHINESE, "gb18030", LATIN, "gb2312"),
        (CHINESE, "gbk", UTF8, None),
        (TAIWANESE, "big5", NONE, "big5"),
        (JAPANESE, "cp932", NONE, "Shift_JIS"),
        (JAPANESE, "cp932", UTF8, "x-sjis"),
        (JAPANESE, "cp932", UTF8, None),
        (JAPANESE, "euc_jp", "text/html; charset=euc-jp", None),
        (JAPANESE, "iso2022_jp", "text/html; charset=iso-2022-jp", None),
        (KOREAN, "cp949", "text/html; charset=ks_c_5601-1987", None),
        (KOREAN, "cp949", UTF8, None),
        (RUSSIAN, "cp1251", "text/html; charset=windows-1251", None),
        (RUSSIAN, "cp1251", LATIN, "windows-1251"),
        (RUSSIAN, "cp1251", NONE, None),
        (RUSSIAN, "koi8-r", "text/html; charset=windows-1251", "koi8-r"),
        (RUSSIAN, "utf-8", "text/html; charset=windows-1251", None),
        (RUSSIAN, "utf-16", NONE, None),
        (FRENCH, "cp1252", "text/html; charset=latin1", None),
        (FRENCH, "cp1252", UTF8, None),
        (CZECH, "cp1250", "text/html; charset=windows-1250", None),
        (TURKISH, "cp1254", "text/html; charset=iso-8859-9", None),
    ],
)
def test_text_is_read_as_it_was_written(text: str, codec: str, header: str, meta: str | None) -> None:
    """
    Header and meta are believed if what they give is text; where they are wrong the bytes decide.
    """
    found = decode(page(text, meta).encode(codec), header)

    assert isinstance(found, Decoded)
    assert text in found.text


def test_the_language_of_the_page_tells_where_no_encoding_is_named() -> None:
    """
    As browsers have it: a page without a declaration is in its language's usual encoding.
    """
    found = decode('<html lang="ru"><body>Мост открыт</body></html>'.encode("cp1251"), None)

    assert isinstance(found, Decoded)
    assert (found.codec, found.source) == ("cp1251", "language")


@pytest.mark.parametrize(
    ("label", "codec"),
    [("ISO-8859-1", "cp1252"), ("gb2312", "gb18030"), (" Shift_JIS ", "cp932"), ("euc-kr", "cp949"), ("klingon", None)],
)
def test_a_label_means_what_browsers_read(label: str, codec: str | None) -> None:
    """
    Not what it was registered for.
    """
    assert codec_of(label) == codec


def test_a_stray_broken_byte_does_not_spoil_a_page() -> None:
    """
    It is replaced; the rest is read.
    """
    found = decode(page("Das Brückchen hält, sagte der Bürgermeister über Nacht.").encode() + b"\xe2\x80", UTF8)

    assert isinstance(found, Decoded)
    assert "Brückchen hält" in found.text


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body><p>" + b"\xff\xfe\xfd" * 700,
        b"<html><body><p>" + b"\x80\x81\x82\xff" * 500,
        b"<html><body><p>" + b"\xc3\x28\xa0\xa1\xe2\x28\xa1" * 300,
        b"\xff" * 3000,
        b"\0\1\2" * 1000,
        b"%PDF-1.7\n" + b"x" * 300,
        b"\x89PNG\r\n\x1a\n" + b"x" * 300,
    ],
)
def test_what_is_no_text_is_undecodable(body: bytes) -> None:
    """
    It never becomes an article of broken letters.
    """
    assert isinstance(decode(body, UTF8), Undecodable)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    """
    It only says how to read what follows.
    """
    found = decode(b"\xef\xbb\xbf<html></html>", LATIN)

    assert found == Decoded("<html></html>", "utf-8", "bom")


@pytest.mark.parametrize("codec", ["utf-8", "windows-1252", "utf-16-le"])
def test_a_stray_control_character_is_left_out(codec: str) -> None:
    """
    In whatever encoding it stands.
    """
    text = "<html><body>" + "The river rose by night, and nobody slept. " * 20
    bom = codecs.BOM_UTF16_LE if codec == "utf-16-le" else b""
    found = decode(bom + f"{text}\x00\x0b\x7f</body></html>".encode(codec), f"text/html; charset={codec}")

    assert isinstance(found, Decoded)
    assert found.text == f"{text}</body></html>"
