"""Adapter tests share the made speech and the sound server."""

from tests.audio import question, sound_server

__all__ = ["question", "sound_server"]
