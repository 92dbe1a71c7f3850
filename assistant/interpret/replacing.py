"""Interpret: a question and a part of another come in, the question with that part goes out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.interpret.phrases import MARKS, Phrases, Span, joined, low
from assistant.lexicon import stem

ARTICLES = {"a": "the", "an": "the"}  # "is there a jack?" "where is the jack?"
OPPOSITE = {"on": "off", "off": "on", "up": "down", "down": "up"}
PARTICLES = frozenset({*OPPOSITE, "back", "again", "out", "in", "away"})
PLACE, WITH = "place", "with"  # classes of prepositions


def put(tokens: Sequence[str], span: Span, new: Sequence[str]) -> list[str]:
    """The tokens with others in the place of some."""
    return [*tokens[: span.start], *new, *tokens[span.end :]]


def appended(tokens: Sequence[str], new: Sequence[str], mark: str = "") -> list[str]:
    """The tokens with others after them, before the mark at their end."""
    end = len(tokens)
    while end and tokens[end - 1] in MARKS:
        end -= 1
    told = [token for at, token in enumerate(new) if token not in MARKS or at < len(new) - 1]
    return [*tokens[:end], mark, *told, *tokens[end:]]


def with_kinds(old: Phrases, said: Phrases) -> Phrases:
    """The question with what was said in the place of what is of the same kind."""
    tokens = list(old.tokens)
    first = {span.sort: span for span in reversed(said.kinds())}
    for span in sorted(old.kinds(), key=lambda span: -span.start):
        new = first.get(span.sort)
        if new is not None and (span.sort.startswith("unit") or new.name != span.name):
            tokens = put(tokens, span, said.tokens[new.start : new.end])
    return replace(old, tokens=tuple(tokens))


def with_missing(old: Phrases, said: Phrases) -> Phrases:
    """The question with those kinds that it does not name at all: before its thing, or after it."""
    sorts = {span.sort for span in old.kinds()}
    missing = [span for span in said.kinds() if span.sort not in sorts]
    if not missing:
        return old
    thing = chosen_thing(old)
    if any(case.start == 0 for case in said.cases()) or thing is None:
        return replace(old, tokens=tuple(appended(old.tokens, said.tokens)))
    new = [token for span in missing for token in said.tokens[span.start : span.end]]
    tokens = [*old.tokens[: thing.name], *new, *old.tokens[thing.name :]]
    return replace(old, tokens=tuple(tokens))


def with_case(old: Phrases, told: Sequence[str], sort: str) -> list[str]:
    """The question with a case ("with a trailer") in the place of the one of its sort, or added."""
    cases = old.cases()
    same = [case for case in cases if low(old.tokens[case.start]) == low(told[0])]
    if sort == WITH:
        same = [case for case in cases if case.sort == sort]
    same = same or _of_a_thing(old, sort)
    return put(old.tokens, same[-1], _unmarked(told)) if same else appended(old.tokens, told)


def with_case_of_thing(old: Phrases, told: Sequence[str], sort: str) -> list[str]:
    """The question about the same sort of thing in another case: "the one in the boot"."""
    same = _of_a_thing(old, sort)
    if same:
        return put(old.tokens, same[0], _unmarked(told))
    thing = chosen_thing(old)
    if thing is None:
        return appended(old.tokens, told)
    head = Span(thing.name, thing.end)
    return put(old.tokens, head, [old.tokens[thing.end - 1], *_unmarked(told)])


def with_preposition(old: Phrases, word: str) -> list[str] | None:
    """The question with "without" in the place of its "with"; None where it has neither."""
    cases = [case for case in old.cases() if case.sort == WITH]
    if not cases or low(old.tokens[cases[-1].start]) == low(word):
        return None
    start = cases[-1].start
    return put(old.tokens, Span(start, start + 1), [word])


def _of_a_thing(old: Phrases, sort: str) -> list[Span]:
    """The cases of that sort that stand right behind a thing and say which one it is."""
    ends = {thing.end for thing in old.things()}
    return [case for case in old.cases() if case.sort == sort and case.start in ends]


def chosen_thing(old: Phrases) -> Span | None:
    """What a question is about: not where, and in the clause that asks where that names it."""
    things = old.things()
    about = [thing for thing in things if not _is_place(old, thing)] or things
    asking = [thing for thing in about if _in_asking_clause(old, thing)]
    return next(iter(asking or about), None)


def with_thing(old: Phrases, said: Phrases, new: Sequence[str]) -> list[str]:
    """The question about another thing.

    "Gearbox oil" makes "the gearbox oil capacity" of "the oil capacity".
    """
    thing = _like(old, said)
    if thing is None:
        return appended(old.tokens, new)
    head = stem(low(new[-1]))
    own = [stem(word) for word in old.low[thing.name : thing.end]]
    if head not in own:
        return put(old.tokens, thing, new)
    article = low(new[0]) in said.wording.determiners
    start = thing.start if article else thing.name
    return put(old.tokens, Span(start, thing.name + own.index(head) + 1), new)


def with_word(old: Phrases, new: Sequence[str]) -> list[str]:
    """The question about one of its things: "the second one", "the small ones"."""
    thing = chosen_thing(old)
    at = len(old.tokens) if thing is None else thing.name
    return put(old.tokens, Span(at, at), new)


def another_way(said: Phrases, old: Phrases) -> str | None:
    """How something else is done to the thing of a question that asked how: "and release it".

    What is done gives way with its "on" or "off", and so does that alone ("and off again").
    """
    wording, asked = old.wording, old.low
    person = next((at for at, word in enumerate(asked) if word in wording.persons), None)
    told = [t for t in said.tokens if t not in MARKS and low(t) not in wording.adds_nothing]
    if person is None or asked[:1] != ["how"] or person + 2 >= len(asked) or not told:
        return None
    opens, verb = old.tokens[: person + 1], old.tokens[person + 1]
    things = old.tokens[person + 2 :]
    if len(told) == 1:
        turned = _turned(things, told[0])
        return joined([*opens, verb, *turned]) if turned else None
    verb, pronoun, *ways = told
    if low(pronoun) not in wording.pronouns or not said.names_deed(low(verb)):
        return None
    if not {low(way) for way in ways} <= PARTICLES:
        return None
    kept = [t for t in things if low(t) not in PARTICLES and t not in MARKS]
    return joined([*opens, verb, *kept, *ways, *(t for t in things if t in MARKS)])


def _turned(tokens: Sequence[str], way: str) -> list[str]:
    """The tokens with "off" in the place of "on"; none where they do not name the other way."""
    at = [n for n, token in enumerate(tokens) if low(token) == OPPOSITE.get(low(way))]
    return put(tokens, Span(at[0], at[0] + 1), [way]) if at else []


def _like(old: Phrases, said: Phrases) -> Span | None:
    """The thing of a question that another thing is most like, else the last one."""
    things = old.things()
    sharing = [thing for thing in things if _shares(thing, old, said)]
    if sharing:
        return sharing[-1]
    bare = [thing for thing in things if thing.start == thing.name]
    if bare and said.low[0] not in said.wording.determiners:
        return bare[-1]
    about = [thing for thing in things if not _is_place(old, thing)] or things
    asking = [thing for thing in about if _in_asking_clause(old, thing)]
    return next(reversed(asking or about), None)


def _shares(thing: Span, old: Phrases, said: Phrases) -> bool:
    own = set(map(stem, old.low[thing.name : thing.end]))
    return bool(own & {stem(word) for word in said.low if said.names(word)})


def thing_of(old: Phrases, *, whole: bool = False) -> list[str]:
    """The words that stand for what a question is about, with "the"; none where it names nothing.

    Where the whole of it counts, with what says which one it is: the fuse for the radio.
    """
    thing = chosen_thing(old)
    if thing is None:
        run = _last_run(old)
        return ["the", *run] if run else []
    things = old.things()
    end, words = thing.end, old.low
    for other in things:  # "the capacity of the tank" is one thing
        if other.start == end + 1 and words[end] in old.wording.joins:
            end = other.end
    article = old.tokens[thing.start : thing.name]
    own = list(old.tokens[thing.name : end])
    asked = thing.start > 0 and words[thing.start - 1] in old.wording.asks
    if whole and asked and set(words[end : end + 1]) & (old.wording.being | old.wording.ends):
        own += _unmarked(old.tokens[end + 1 :])
    if not article:
        return ["the", *own]
    return [ARTICLES.get(low(article[0]), article[0]), *article[1:], *own]


def _last_run(old: Phrases) -> list[str]:
    run: list[str] = []
    best: list[str] = []
    for token, word in zip(old.tokens, old.low, strict=True):
        run = [*run, token] if old.names(word) else []
        best = run or best
    return best


def _is_place(old: Phrases, thing: Span) -> bool:
    before = old.low[thing.start - 1] if thing.start else ""
    return old.wording.prepositions.get(before) == PLACE


def _in_asking_clause(old: Phrases, thing: Span) -> bool:
    """Whether the part of the sentence around a thing is the one that asks."""
    words = old.low
    begin = max((at + 1 for at in range(thing.start) if words[at] in MARKS), default=0)
    return bool(set(words[begin : begin + 2]) & old.wording.asks)


def _unmarked(tokens: Iterable[str]) -> list[str]:
    return [token for token in tokens if token not in MARKS]
