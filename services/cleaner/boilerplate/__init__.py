"""
Lines that are no part of any article: the rules, and their words, a file a language.
"""
