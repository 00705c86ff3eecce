"""
The exactly-once stream processor that the three services share. It knows streams and nothing about news.
"""
