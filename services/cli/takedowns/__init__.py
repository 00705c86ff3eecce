"""
Takedowns as an operator orders them.

    URL, id --trail--> names --> news.takedowns, every partition --> fetcher, cleaner, tagger delete their own records
                              --scan--> sources, pages, dead letters: deleted here, now and once more after a while
"""
