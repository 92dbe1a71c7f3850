"""Respond: a quotation comes in, the same said more directly by the language model goes out.

The model phrases, it never knows: it sees the question and the quotation only, and what it makes is
spoken only when it passes `verify.supported`, is shorter, and still speaks of what was asked.
"""

from dataclasses import dataclass, replace

from assistant.cancel import CancelToken
from assistant.errors import LanguageModelError
from assistant.events import Answer, By, ManualEvidence
from assistant.lexicon import Lexicon, stem, words
from assistant.ports import LanguageModel
from assistant.respond.verify import supported

INSTRUCTIONS = (
    "You answer a car driver's question in one short sentence. Use only words of the manual text."
)
MIN_WORDS = 12  # a shorter quotation is already as direct as it gets


@dataclass(frozen=True, slots=True)
class Phrasing:
    """The model and how much it may say."""

    model: LanguageModel
    lexicon: Lexicon
    max_tokens: int

    def prepare(self, cancel: CancelToken) -> None:
        """Bring the fixed part of the prompt into the model's cache before the first turn."""
        for _ in self.model.generate(INSTRUCTIONS, "Manual:", 1, cancel):
            pass

    def phrase(self, question: str, answer: Answer, cancel: CancelToken) -> Answer:
        """The answer in the model's words where they are verified, else unchanged."""
        steps = bool(answer.short)  # a procedure loses a step in one sentence
        if answer.by is not By.QUOTE or steps or len(answer.text.split()) < MIN_WORDS:
            return answer
        quotes = [e.quote for e in answer.evidence if isinstance(e, ManualEvidence)]
        prompt = f"Manual: {answer.text}\nQuestion: {question}\nAnswer:"
        try:
            pieces = self.model.generate(INSTRUCTIONS, prompt, self.max_tokens, cancel)
            sentence = _first_sentence("".join(pieces))
        except LanguageModelError:
            return answer  # the quotation stands
        shorter = len(sentence.split()) < len(answer.text.split())
        same_subject = self._subject(question, answer.text) <= self._subject(question, sentence)
        if shorter and same_subject and supported(sentence, answer.text):
            assert quotes
            return replace(answer, by=By.MODEL, text=sentence)
        return answer

    def _subject(self, question: str, text: str) -> set[str]:
        """What of the question's words, or their equivalents, the text holds."""
        stems = {stem(word) for word in words(text)}
        terms = self.lexicon.terms(question)
        return {
            term.words[0]
            for term in terms
            if any(stem(part) in stems for word in term.words for part in words(word))
        }


def _first_sentence(text: str) -> str:
    line = text.strip().split("\n", 1)[0].strip()
    end = line.find(". ")
    return line if end < 0 else line[: end + 1]
