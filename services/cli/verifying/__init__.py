"""
Golden events for a stranger's consumer, and the judgement of the table that it makes of them.
"""
