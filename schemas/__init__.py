"""
The contract: what lies on the topics, under which name and key, and how ids are made.

Imports nothing of the services; whoever only wants to subscribe needs this package alone.
"""
