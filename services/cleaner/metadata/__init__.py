"""
Everything about an article but its text, each value with where it comes from.
"""
