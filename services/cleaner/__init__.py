"""
The cleaner: one fetched page in, one article freed of everything around it out.

    bytes | decode | parse once | metadata, main content | whole-line boilerplate out | ArticleCleaned
"""
