"""Hear: sound comes in, an utterance and its words go out."""
