"""
Articles that came as text: plain, Markdown, dumped from pages of paper.
"""
