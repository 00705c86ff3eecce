"""
What is no article, and why.
"""
