"""
`news-ingest`: what an operator types. One command a file, thin; what it does is done by the services' own functions.

It is the rim: it reads the environment and the clock, and passes values on.
"""
