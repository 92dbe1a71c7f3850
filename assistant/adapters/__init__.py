"""Adapters: the only files that import native engines or can_bridge, `<library>_<role>.py`."""
