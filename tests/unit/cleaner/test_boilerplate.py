"""
Lines that are no part of any article.
"""

import pytest

from services.cleaner.boilerplate.rules import Rules, load_rules, strip_boilerplate
from services.cleaner.document import Cut, passage

CHROME = {
    "en": ("Skip to main content", "Back to top", "Share this article", "Read more", "Sign up to our newsletter"),
    "de": ("Zum Inhalt springen", "Nach oben", "Artikel teilen", "Lesen Sie auch", "Newsletter abonnieren"),
    "fr": ("Aller au contenu principal", "Retour en haut de page", "Partager sur Facebook", "Lire aussi", "Publicité"),
    "es": ("Saltar al contenido", "Volver arriba", "Compartir en Twitter", "Te puede interesar", "Suscríbete"),
    "it": ("Vai al contenuto", "Torna su", "Condividi su WhatsApp", "Leggi anche", "Riproduzione riservata"),
    "pt": ("Ir para o conteúdo", "Voltar ao topo", "Compartilhe no WhatsApp", "Leia também", "Publicidade"),
    "nl": ("Ga naar de inhoud", "Terug naar boven", "Deel dit artikel", "Lees ook", "Advertentie"),
    "pl": ("Przejdź do treści", "Do góry", "Udostępnij na Facebooku", "Czytaj także", "Reklama"),
    "ru": ("Перейти к основному содержанию", "Наверх", "Поделиться в Telegram", "Читайте также", "Реклама"),
    "ar": ("تخطى إلى المحتوى الرئيسي", "العودة إلى الأعلى", "شارك على فيسبوك", "اقرأ أيضاً", "إعلان"),
    "tr": ("İçeriğe geç", "Başa dön", "Haberi paylaş", "İlgili haberler", "Reklam"),
    "sv": ("Hoppa till innehåll", "Till toppen", "Dela artikeln", "Läs också", "Annons"),
    "uk": ("Перейти до вмісту", "Нагору", "Поділитися", "Читайте також", "Коментарі"),
    "ja": ("本文へスキップ", "ページトップへ戻る", "この記事をシェア", "関連記事", "広告"),
    "zh": ("跳到主要内容", "返回顶部", "分享到微信", "相关阅读", "广告"),
    "ko": ("본문 바로가기", "맨 위로", "기사 공유하기", "관련기사", "댓글"),
}
SENTENCES = (
    "He asked them to go back to top of the hill before the rain came.",
    "The board told the museum to skip to main content of the show and to share this article of faith.",
    "Er bat sie, nach oben zu gehen und den Artikel zu teilen.",
    "Elle a demandé de revenir en haut de page du registre.",
    "Pidió volver arriba para compartir en Facebook las fotos de la fiesta.",
    "Chiese di tornare su e pubblica su Facebook le foto della festa.",
    "Он попросил вернуться к началу страницы дневника и читать дальше вслух.",
    "先返回顶部的那段路再看一看。",
    "Copyright law was changed in 2019 by a narrow majority.",
    "We share on average two meals a day with our neighbours, she said.",
)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules()


@pytest.mark.parametrize("line", [line for lines in CHROME.values() for line in lines])
def test_chrome_is_recognised_in_its_language(rules: Rules, line: str) -> None:
    """
    As a whole line.
    """
    assert rules.match(line) is not None


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_same_words_in_a_sentence_stay(rules: Rules, sentence: str) -> None:
    """
    A rule speaks of whole lines only.
    """
    assert rules.match(sentence) is None


@pytest.mark.parametrize(
    "line",
    [
        "BACK TO TOP",
        "back\u00a0to\u202ftop",
        "  Back   to\ttop  ",
        "↑ Back to top ↑",
        "« Back to Top »",
        "[Back to top]",
        "Ba\u00adck to\u200b top",
        "Ｂａｃｋ ｔｏ ｔｏｐ",
        "Back to top \ue5d8",
    ],
)
def test_case_space_and_marks_do_not_hide_a_phrase(rules: Rules, line: str) -> None:
    """
    What a reader sees as the same is the same.
    """
    assert rules.match(line) == "back-to-top"


@pytest.mark.parametrize(
    "line", ["BAŞA DÖN", "İÇERİĞE GEÇ", "LIRE EGALEMENT", "ZURÜCK ZUM SEITENANFANG", "SKIP TO CONTENT"]
)
def test_capitals_match_in_each_languages_own_way(rules: Rules, line: str) -> None:
    """
    Turkish has two letters i, French capitals may lose their accents.
    """
    assert rules.match(line) is not None


@pytest.mark.parametrize("line", ["* * *", "—", "• • •", "…", "（）"])
def test_a_line_of_marks_alone_is_removed(rules: Rules, line: str) -> None:
    """
    It holds no word.
    """
    assert rules.match(line) == "marks-only"


def test_a_line_without_a_word_stays(rules: Rules) -> None:
    """
    The zero of Chinese numbers is a letter to Unicode, and a mark to the rules.
    """
    assert rules.match("〇〇") is None


def test_a_boilerplate_line_goes_and_its_paragraph_stays(rules: Rules) -> None:
    """
    Only the line is told as removed.
    """
    left = strip_boilerplate([passage("The dam held.\nBack to top"), passage("Share")], rules)

    assert left == (passage("The dam held."), Cut("back-to-top", "Back to top"), Cut("share", "Share"))
