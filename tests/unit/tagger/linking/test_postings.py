from __future__ import annotations

import numpy as np

from services.tagger.linking.postings import ROWS, Postings
from services.tagger.linking.sketches import Numbers


def hashes(*values: int) -> Numbers:
    return np.array(values, dtype=np.uint32)


def test_articles_are_found_by_their_hashes() -> None:
    """
    Hashes that share a row are told apart.
    """
    postings = Postings()
    postings.add(hashes(5, 5 + ROWS, 9), 1)
    postings.add(hashes(5), 2)

    assert postings.articles(5).tolist() == [1, 2]
    assert postings.articles(5 + ROWS).tolist() == [1]
    assert postings.articles(7).tolist() == []
    assert len(postings) == 4


def test_an_article_that_leaves_is_not_found_any_more() -> None:
    """
    Others stay; to forget what was never noted changes nothing.
    """
    postings = Postings()
    postings.add(hashes(5, 9), 1)
    postings.add(hashes(5), 2)
    postings.remove(hashes(5, 9, 11), 1)

    assert postings.articles(5).tolist() == [2]
    assert postings.articles(9).tolist() == []
    assert len(postings) == 1
