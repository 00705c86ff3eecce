"""
How the whole is doing, on one screen: look at Kafka, judge, show.
"""
