"""
Comparisons: a stretch of a topic runs through the code at hand, and what comes out is held against what was published.

    news.page.fetched --selection--> [cleaner] --> [tagger] --> spool <-- what was published, and what was buried
                                                                  |
                                                                  +--> report --> table, JSON, an HTML page

Nothing here can write to Kafka: no module on the way has a producer, and a test keeps that true.
"""
