"""Auriga, the product: a voice assistant that lives in the car and never leaves it.

The stages are listed in the order in which a turn passes through them: hear, interpret,
lookup, operate, respond, speak; `watch` is the car that starts a turn by itself. Read
`pipeline.py` first.
"""

__version__ = "0.1.0"
