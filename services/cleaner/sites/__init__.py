"""
What is learned of sites from the stream: lines that they repeat, and whether extraction still works.
"""
