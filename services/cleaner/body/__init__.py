"""
The main content: blocks, the classifier that judges them, what becomes of its judgement, and other accounts.
"""
