"""
Pages from elsewhere: web archives, folders, another cluster's topic, lists of URLs; and out into web archives.

    WARC --pieces--> records --captures--> answers --+
    folder --folder--------------------------------->+--pages, by the fetcher's rules--> events --importing--> topic
    another cluster's topic --elsewhere--------------------------------------------------^
"""
