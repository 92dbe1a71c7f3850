"""Interpret: text comes in, a Request goes out."""
