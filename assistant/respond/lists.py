"""Respond: an item of a list comes in, as much of the list as may be said goes out.

A list is announced by a sentence that ends with a colon. Who asks for what that sentence is about
hears the items in their order, and that there are more where not all of them fit.
"""

from assistant.events import Answer, By, ManualEvidence, Outcome, Passage, Term
from assistant.pieces import without_references
from assistant.respond.replies import Replies
from assistant.respond.wordings import has, stems_of

ITEM = "- "


def from_list(
    passage: Passage, text: str, terms: tuple[Term, ...], replies: Replies, max_words: int
) -> Answer | None:
    """The list that an item stands in, from its beginning.

    None where there is no list, or where the item itself is what was asked for.
    """
    lead, *items = [line for line in passage.text.split("\n") if line.strip()]
    if not lead.endswith(":") or not items or not text.startswith(lead):
        return None
    announced, own = stems_of(lead), stems_of(text.removeprefix(lead))
    if any(has(term, own) and not has(term, announced) for term in terms):
        return None
    told = [item.removeprefix(ITEM) for item in items]
    fit = 1
    room = max_words - len(replies.say["list_goes_on"].split())
    while fit < len(told) and len(_said(lead, told[: fit + 1]).split()) <= room:
        fit += 1
    said = _said(lead, told[:fit])
    if fit < len(told):
        said = f"{said} {replies.say['list_goes_on']}"
    quoted = tuple(
        ManualEvidence(passage.section, passage.title, passage.page, f"{lead} {item}")
        for item in told[:fit]
    )
    return Answer(Outcome.ANSWERED, By.QUOTE, said, quoted)


def _said(lead: str, items: list[str]) -> str:
    told = "; ".join(without_references(item).rstrip(".;") for item in items)
    return f"{lead} {told}."
