"""Respond: what was found comes in; it goes out without the rows next to the one that was meant.

A table names like things in rows of their own: the coolant of the engine in one, the coolant of the
battery in the next. Who names one of them is not answered by the row of another.
"""

from collections import defaultdict
from dataclasses import replace

from assistant.events import Hits, Passage, PassageKind
from assistant.respond.tables import row_subject
from assistant.respond.wordings import stems_of


def without_neighbours(hits: Hits) -> Hits:
    """The hits, less the rows whose subject holds only a part of what another row's holds."""
    tables: dict[tuple[str, tuple[str, ...]], list[tuple[int, frozenset[int]]]] = defaultdict(list)
    for passage in (*hits.passages, *hits.further):
        if passage.kind is PassageKind.TABLE:
            tables[_table(passage)].append((passage.order, _named(passage, hits)))
    outdone = {
        order
        for rows in tables.values()
        for order, named in rows
        if named and any(named < other for _, other in rows)
    }
    return replace(
        hits,
        passages=tuple(one for one in hits.passages if one.order not in outdone),
        further=tuple(one for one in hits.further if one.order not in outdone),
    )


def _table(passage: Passage) -> tuple[str, tuple[str, ...]]:
    return passage.section, tuple(head for head, _ in passage.row)


def _named(passage: Passage, hits: Hits) -> frozenset[int]:
    """Which of the question's words, by their place, a row's subject has as they were said."""
    own = stems_of(row_subject(passage.row))
    return frozenset(
        number for number, term in enumerate(hits.terms) if stems_of(term.words[0]) <= own
    )
