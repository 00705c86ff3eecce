"""
The demo: a small news world on this machine, and the whole pipeline run over it.
"""
