"""Adapter: a vehicle without a manual; it finds nothing and says that there is nothing to find."""

from collections.abc import Sequence

from assistant.events import Hits, Passage, Term


class NoManual:
    """The `Manual` port where a vehicle folder brings none: gauges are answered all the same."""

    def open(self) -> None:
        """Nothing to open."""

    def close(self) -> None:
        """Nothing to close."""

    def search(self, terms: tuple[Term, ...], limit: int, question: str = "") -> Hits:
        """No passage, and that there is no manual."""
        return Hits(terms=terms, no_manual=True)

    def section(self, section: str) -> tuple[Passage, ...]:
        """Empty."""
        return ()

    def compared(self, passages: Sequence[Passage], question: str) -> tuple[Passage, ...]:
        """There is nothing to compare."""
        return ()
