"""Respond: passages and the words of a question come in, the pieces that answer it go out.

A piece is one sentence, one row of a table or one procedure. It is worth the share of the
question's telling words that it holds; a word that only its section's title holds counts in part,
since the title says what all of the section is about. To that comes how well its form fits the
form of the question: steps for "how do I", a length in time for "how long does it take".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.events import Hits, Passage, PassageKind, Term
from assistant.lexicon import stem, words
from assistant.respond.measures import measure_of
from assistant.respond.opposites import UNDOING, opposed
from assistant.respond.quoting import leans, sentences, without_references

CONTEXT = 0.7  # what a word is worth that only title, heading or chapter hold
TITLED = 0.3  # for a title of which every telling word was asked for
PROCEDURE = 0.55  # a procedure that its title and steps fit less is another one
IN_STEP = 0.5  # what a word is worth to a procedure that only one of its steps holds
RANK_SHARE = 0.25  # of the retriever's own order in a piece's worth
PLACE = re.compile(r"\b(in|on|under|behind|at|between|below|above|beside|next to|inside)\b")
MEANS = re.compile(r"\b(means?|shows?|reports?|tells?|asks?)\b")
PERMISSIONS = {"permission", "allowed", "what_if"}
FORBIDS = re.compile(r"^(?:Do not|Never|No )\b|^\S+(?: \S+){0,6} (?:must|may) not\b")
# A sentence that only says where something is described answers nothing.
POINTER = re.compile(r"\b(is|are) (described|explained|listed|shown) in \d")
# A condition without what follows from it is a heading's item, not a sentence.
CONDITION = re.compile(r"^(If|When|While|Unless)\b[^,]*$")
# A sentence that tells what to do begins with the bare verb.
IMPERATIVE = re.compile(
    r"^(?:To [^,]+, )?(?!The|A|An|It|If|When|This|That|There|In|On|At|With|Each|Both|You|Your|All|"
    r"Most|After|Before|Never|Every|Only|Some|Do)[A-Z][a-z]+ (?:the|a|an|it|your|both|all|on|off|to|up|"
    r"down|in|out|[A-Z])\b"
)
# Other sentences that tell how a thing is done.
INSTRUCTS = re.compile(
    r"\b(press|turn|pull|push|hold|touch|select|use|say|tap|slide|lift)\b",
    re.IGNORECASE,
)
TOLD = 4  # letters; shorter words of a title ("of", "the") tell nothing
ENOUGH = 0.55  # a piece that holds this share is on the subject whatever it lacks
MOST = 0.7  # the same for "how do I …" answered by a sentence
ALL_BUT = 0.85  # the same for "is there a …": half a name names another thing
HEAVIEST = 0.9  # terms of at least this share of the heaviest one's weight say what it is about

LAMP_HEAD = re.compile(r"(warning )?(lamp|light|telltale|symbol)s?$", re.IGNORECASE)
LAMP_WORDS = frozenset(
    "lamp lamps light lights telltale telltales symbol symbols icon icons warning warnings".split()
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that may be said, and how well it fits the question."""

    passage: Passage
    text: str  # a sentence, a row as text, or a whole procedure
    held: float  # share of the question's weight in the piece and its titles, 0 to 1
    on_subject: bool  # holds the words that say most what the question is about
    worth: float


@dataclass(frozen=True, slots=True)
class _Question:
    """What is compared with every piece."""

    ask: str
    terms: tuple[Term, ...]
    total: float
    measure: re.Pattern[str] | None
    question: str

    @property
    def words(self) -> frozenset[str]:
        """All words of the question, the stop words too."""
        return frozenset(words(self.question))


def choose(question: str, ask: str, hits: Hits) -> list[Piece]:
    """All pieces of the passages, best first."""
    total = sum(term.weight for term in hits.terms) or 1.0
    asked = _Question(ask, hits.terms, total, measure_of(question), question)
    top = max((passage.score for passage in hits.passages), default=0.0) or 1.0
    openings = _openings(hits.passages)
    found = [
        _weigh(asked, passage, text, passage.score / top, opens=opens and not number)
        for passage in hits.passages
        for opens in (passage.order in openings,)
        for number, text in enumerate(_pieces(passage, ask))
    ]
    # Of pieces that fit equally well the earlier is said: a section begins with what is general.
    found.sort(key=lambda piece: (-round(piece.worth, 2), piece.passage.order))
    return found


def _openings(passages: tuple[Passage, ...]) -> set[int]:
    """The passages that a section begins with, by their order."""
    first: dict[str, int] = {}
    for passage in passages:
        if passage.kind is PassageKind.TEXT:
            first[passage.section] = min(passage.order, first.get(passage.section, passage.order))
    return set(first.values())


def _weigh(asked: _Question, passage: Passage, text: str, rank: float, *, opens: bool) -> Piece:
    own, around = _stems(text), _stems(f"{passage.title} {passage.heading}")
    in_text = {term: _has(term, own) for term in asked.terms}
    in_title = {term: _has(term, around) for term in asked.terms}
    held = sum(term.weight for term, has in in_text.items() if has)
    context = sum(t.weight for t in asked.terms if in_title[t] and not in_text[t])
    if asked.ask == "how_to" and passage.kind is PassageKind.PROCEDURE:
        # What a procedure is for stands in its title; a step may name anything.
        titled = sum(term.weight for term, has in in_title.items() if has)
        share = (titled + IN_STEP * (held + context - titled)) / asked.total
        # One word may be another thing's: "lock the car" asks for no child lock.
        narrow = len(asked.terms) == 1 and _title_share(asked.terms, passage.title) < 1.0
        on_subject = share >= PROCEDURE and not narrow
    else:
        share = (held + CONTEXT * context) / asked.total
        on_subject = _on_subject(asked, in_text, in_title)
        # Who asks how long, how heavy or how many is not answered without such a figure.
        on_subject = on_subject and (
            asked.measure is None or bool(asked.measure.search(without_references(text)))
        )
    if asked.ask == "how_to" and passage.kind is PassageKind.TEXT:
        on_subject = on_subject and _instructs(text)
    placeless = asked.ask == "where" and passage.kind is PassageKind.PROCEDURE
    turned = opposed(asked.question, passage.title, text, how_to=asked.ask == "how_to")
    if asked.ask == "how_to" and UNDOING & set(map(stem, asked.words)) - own - around:
        on_subject = False
    # A table of lamps says what a lamp would mean, and nothing of the car as it is.
    lamps = not asked.words & LAMP_WORDS and any(LAMP_HEAD.match(head) for head, _ in passage.row)
    on_subject = on_subject and not (placeless or turned or lamps)
    worth = share + RANK_SHARE * rank + TITLED * _title_share(asked.terms, passage.title)
    worth += _fit(asked, passage.kind, text, opens=opens and any(in_title.values()))
    return Piece(passage, text, (held + context) / asked.total, on_subject, worth)


def _on_subject(asked: _Question, in_text: dict[Term, bool], in_title: dict[Term, bool]) -> bool:
    """Whether a piece holds enough of the question, or at least its most telling words."""
    held = {term for term in asked.terms if in_text[term] or in_title[term]}
    share = sum(term.weight for term in held) / asked.total
    # The last telling word is mostly the thing itself: of "rear seat screens" the screens.
    if asked.terms and asked.terms[-1] not in held and share < ALL_BUT:
        return False
    enough = {"has": ALL_BUT, "how_to": MOST, "permission": MOST}.get(asked.ask, ENOUGH)
    if sum(term.weight for term in held) / asked.total >= enough:
        return True
    heaviest = max((term.weight for term in asked.terms), default=0.0)
    return all(t in held for t in asked.terms if t.weight >= HEAVIEST * heaviest)


def _title_share(terms: tuple[Term, ...], title: str) -> float:
    """How much of a title was asked for: "Coolant" all of it, "Coolant temperature" half."""
    told = [stem(word) for word in words(title) if len(word) >= TOLD]
    asked = {stem(part) for term in terms for word in term.words for part in words(word)}
    return sum(word in asked for word in told) / len(told) if told else 0.0


def _fit(asked: _Question, kind: PassageKind, text: str, *, opens: bool) -> float:
    """How well the form of a piece fits the form of the question."""
    if asked.ask == "how_to":
        told = 0.2 if kind is PassageKind.TEXT and IMPERATIVE.match(text) else 0.0
        return {PassageKind.PROCEDURE: 0.35, PassageKind.TABLE: -0.2}.get(kind, told)
    fit = {PassageKind.WARNING: -0.1, PassageKind.PROCEDURE: -0.2}.get(kind, 0.0)
    if asked.ask in PERMISSIONS and FORBIDS.match(text):
        fit += 0.25  # what must not be done comes first
    if asked.measure is not None:
        fit += 0.35 if asked.measure.search(without_references(text)) else -0.15
    if asked.ask == "where":
        fit += 0.2 if kind is not PassageKind.TABLE and PLACE.search(text) else -0.1
    if asked.ask == "meaning" and MEANS.search(text):
        fit += 0.15
    if asked.ask == "definition" and opens:
        fit += 0.3  # a section begins by saying what its subject is
    return fit


def _pieces(passage: Passage, ask: str) -> Iterator[str]:
    if passage.kind in {PassageKind.TABLE, PassageKind.PROCEDURE}:
        yield passage.text
        return
    before = ""
    for sentence in sentences(passage.text):
        if POINTER.search(sentence) or CONDITION.match(without_references(sentence)):
            continue
        if not (before and leans(sentence)):
            yield sentence
        # Of a thing that the text before only spoke of, an instruction says how.
        told = ask == "how_to" and _instructs(sentence) and not _instructs(before)
        if before and (told or leans(sentence)):
            yield f"{before} {sentence}"
        before = sentence


def _instructs(sentence: str) -> bool:
    """Whether a sentence says how a thing is done, rather than what it is."""
    return bool(IMPERATIVE.match(sentence) or INSTRUCTS.search(sentence))


def _stems(text: str) -> frozenset[str]:
    found = set()
    for word in words(text):
        found.add(stem(word.removesuffix("'s")))
        found.update(stem(part) for part in re.findall(r"[a-z]+|\d+", word))
    return frozenset(found)


def _has(term: Term, stems: frozenset[str]) -> bool:
    return any(all(stem(part) in stems for part in words(word)) for word in term.words)
