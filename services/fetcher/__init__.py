"""
The fetcher: asks the web politely, remembers what is to be fetched, and decides which article a page is.
"""
