"""
The three services, the runtime that they share, and the command line.
"""
