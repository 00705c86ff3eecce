"""
Dead letters as an operator meets them.

    news.dead-letters --scan--> entries that stand --wanted--> chosen --claim--> again | nothing, and a tombstone
"""
