"""
Sinks: tagged articles into files and tables, each record once, for those who want no consumer of their own.
"""
