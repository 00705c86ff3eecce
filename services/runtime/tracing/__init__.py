"""
Traces: which one an input belongs to (always), and what is told of it to a collector (where one is named).
"""
