"""
Replays: a stretch of a topic is copied into a stage's lane, filtered, at a rate, each record once.

    news.page.fetched, news.article.cleaned --selection--> --pace--> lane, and in the same transaction news.replays
"""
