"""
Which articles say the same: the same text, the same story. The tagger's second topology.

    news.article.fingerprints --> [linker] --> news.story.linked
                                   |    ^
                                   v    |
                              news.story.window       what it knows of the last days

What is said here depends on what came before, in the order in which it came; an article's tags do not.
"""
