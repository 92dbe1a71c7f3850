"""Respond: Facts come in, a verified Answer goes out."""
