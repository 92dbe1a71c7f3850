"""Speak: an answer's text comes in, clauses of sound go out."""
