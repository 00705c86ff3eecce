"""
What the class, id and role of an element say about it, by a generic vocabulary of style sheets.
"""

from __future__ import annotations

import re
from functools import lru_cache

MARKS: dict[str, str] = {
    "body": "articlebody bodytext story storybody articletext richtext prose markdown paragraph paragraphs body copy "
    "cuerpo corpo corps texto testo tekst teksti brodtext fliesstext absatz parrafo paragraphe",
    "content": "content contents main maincontent entry post article text page single texte texto inhalt contenido "
    "conteudo contenuto contenu icerik haber noticia nota materia articolo artikel articulo artykul artikkel beitrag",
    "comment": "comment comments commentlist disqus reply replies respond discussion kommentar kommentare comentarios "
    "commentaire commentaires commenti reactions yorum yorumlar opinie",
    "nav": "nav navigation navbar menu menus submenu breadcrumb breadcrumbs pagination pager topbar toolbar skip toc "
    "navigacion navigazione sommaire index",
    "footer": "footer foot bottom colophon copyright legal imprint impressum pied rodape",
    "header": "header masthead head top banner logo",
    "side": "sidebar side aside rail widget widgets column complementary secondary lateral colonne columna coluna",
    "related": "related recommended recommendation recommendations recirc more teaser teasers promo trending popular "
    "latest next previous prev suggested suggestions also read similar outbrain taboola upnext carousel slider "
    "relacionadas relacionados relacionada verwandt verwandte correlati correlate ailleurs lire mehr leia leggi ilgili",
    "share": "share sharing social sociallinks addtoany sharedaddy follow bookmark tools actions print "
    "partage partager compartir compartilhar condividi teilen udostepnij paylas",
    "ad": "ad ads advert advertisement advertising sponsor sponsored dfp gpt affiliate commercial partner "
    "werbung anzeige publicite publicidad publicidade pubblicita reklama reklam annonce",
    "meta": "meta byline author authors authorship date time timestamp dateline published publish updated info bio "
    "profile contributor reporter "
    "autor autore auteur autores fecha data datum firma signature forfatter skribent",
    "caption": "caption captions credit credits figcaption figure photo image img gallery media picture video lightbox "
    "legende leyenda legenda didascalia bildunterschrift bild foto fotos imagen imagem immagine",
    "letter": "newsletter subscribe subscription signup sign register login paywall premium membership donate donation "
    "support cta form offer "
    "abo abonnement abonner suscripcion assinatura abbonati infolettre nyhetsbrev",
    "tag": "tag tags category categories topic topics keyword keywords label labels section sections kicker "
    "rubrik rubrique seccion sezione editoria mots temas dachzeile antetitulo",
    "title": "title headline heading hed titre titulo titolo titel tytul baslik ueberschrift otsikko rubriek",
    "lead": "lead lede standfirst dek deck summary abstract intro introduction excerpt description subtitle subtitel "
    "subheadline subhead chapo teasertext vorspann ingress sapo "
    "chapeau entradilla bajada copete sommario occhiello catenaccio subtitulo sottotitolo anleser olho resumo",
    "popup": "cookie cookies consent gdpr modal popup overlay dialog tooltip alert notice hidden",
    "box": "infobox factbox box sidebox embed inset callout aside note pullquote quote highlight faq",
    "card": "card cards item items list listing grid tile tiles feed stream thumb thumbnail",
}
"""Words of style sheets, by what they say about an element. Generic: none is a site's own."""

MARK_NAMES = tuple(MARKS)
_MARK_OF: dict[str, int] = {}
for _index, _words in enumerate(MARKS.values()):
    for _word in _words.split():
        _MARK_OF[_word] = _MARK_OF.get(_word, 0) | 1 << _index
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SMALL_TOKEN = re.compile("[a-z]+")


MAX_KNOWN = 1 << 16
_known: dict[str, int] = {}
"""Single words of attributes: of all that elements say they are a third, and most come again on other sites."""


@lru_cache(maxsize=1 << 15)
def marks_of(attributes: str) -> int:
    """
    The kinds that an element's class, id and role put it in, as bits in the order of `MARKS`.
    """
    found = 0
    for word in attributes.split():
        known = _known.get(word)
        found |= _read(word) if known is None else known
    return found


def _read(word: str) -> int:
    if len(_known) >= MAX_KNOWN:
        _known.clear()
    found = 0
    for token in _SMALL_TOKEN.findall(word) if word.islower() else _TOKEN.findall(word):
        found |= _MARK_OF.get(token.lower(), 0)
    _known[word] = found
    return found
