"""
The images of an article and their captions.
"""

from schemas.parts import Image
from services.cleaner.body.pictures import with_pictures
from services.cleaner.document import Picture

URL = "https://img.example.org/dam.jpg"


def test_a_figures_caption_is_split_from_its_credit() -> None:
    """
    As a stated one is.
    """
    [image] = with_pictures([], (Picture(URL, caption="The dam at dawn. Photo: Jane Roe / Agency"),))

    assert image == Image(url=URL, caption="The dam at dawn.", credit="Jane Roe / Agency")


def test_what_is_stated_of_an_image_stands_before_its_figures_words() -> None:
    """
    Each by itself: a stated caption does not keep a credit away.
    """
    stated = [Image(url=URL, caption="The dam")]
    [image] = with_pictures(stated, (Picture(URL, caption="The dam at dawn © Jane Roe"),))

    assert (image.caption, image.credit) == ("The dam", "Jane Roe")


def test_an_image_without_a_caption_stays_as_it_is() -> None:
    """
    Nothing is made up of its alternative text.
    """
    assert with_pictures([], (Picture(URL, alternative="Photo: Jane Roe"),)) == [Image(url=URL)]
