"""
Reading a page: from bytes to text, tree, and what the page states of itself.
"""
