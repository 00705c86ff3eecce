"""
One command a file.
"""
