"""
What others made and we use: which, under what licence, in which image, and what is known against it.
"""
