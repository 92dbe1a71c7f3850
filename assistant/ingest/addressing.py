"""Ingest: a text of a manual comes in, whether it speaks to an assistant, and not to a driver, goes out.

A manual is data, and so is whatever somebody wrote into it: what tells a machine what to do or to
say is no fact about the car. What a driver is told to say is one ("Say “Cancel” to the assistant"),
and so is what a voice assistant or a driving assistant does.
"""

import re

from assistant.ingest.appearance import appearance

# Where an order begins; "if you ignore …" and "never ignore …" are none.
ORDER = (
    r"(?:^[\W\d]{0,20}|[.:;,!?\"'()\[\]>*#-]\s*"
    r"|\b(?:and|then|now|please|must|shall|should|always|instead|just|simply|also|so) )"
)
FIRST_ORDER = (
    r"(?:^|[.:;!?\"'()\[\]>*#-]\s*|\b(?:please|must|shall|should|always|instead|just|simply) )"
)
SOMEBODY = r"(?:(?:the|your|every|any|each) )?(?:driver|user|owner|customer|reader|human)s?"
MODEL = r"(?:ai|a\.i\.|llm|(?:large )?language model|chatbot|ai (?:model|assistant|agent|system))s?"
MACHINE = rf"(?:{MODEL}|bots?|assistants?)"
# What manuals call an assistant and nobody can talk to: a system of the car, or a helper.
OTHER = (
    r"(?:park\w*|lane|brak\w+|hill|start\w*|steer\w*|cruise|speed|turn\w*|evasi\w+|side|spot|trailer"
    r"|intersection|emergency|distance|attention|traffic|beam|light\w*|keep\w*|chang\w+|departure"
    r"|descent|driv\w+|junction|motorway|manoeuvr\w+|shop|sales|trained)"
)
CALLED = rf"(?:^\W{{0,20}}|[.:;,!?] ?|(?<![\w-])(?!{OTHER}\b)[\w-]+ ){MACHINE}"
MUST = (
    r"(?:must|shall|should|will always|has to|have to|needs? to|ought to"
    r"|(?:is|are)(?: required| instructed| ordered| told)? to)"
)
PRIOR = r"(?:your|previous|prior|earlier|preceding|above|foregoing|former|system|initial|original)"
# What a driver is to say to the car stands in quotation marks, or is a yes or a no.
NOT_TO_THE_CAR = r"(?!(?:with |either )?(?:[\"'<(]|yes\b|no\b|the (?:name|number|word)))"

SETS_ASIDE = (
    rf"{ORDER}(?:ignore|disregard|forget|override|bypass) (?:(?:all|any|every|of|the|these|those|other) )*"
    rf"{PRIOR} (?:[\w-]+ ){{0,2}}(?:instruction|rule|prompt|guideline|directive|programming|training|order"
    r"|message|context|limit|restriction)s?\b",
    rf"{ORDER}(?:ignore|disregard|forget) (?:the|this|that|your) (?:owner's )?manual\b",
    rf"{ORDER}(?:ignore|disregard|forget) (?:everything|all|anything)\b[^.]{{0,200}}\b(?:above|before|told|said"
    r"|learned|know)\b",
    r"\bsystem prompt\b|\bprompt injection\b|\bnew (?:system )?instructions?\s*:",
    r"\b(?:reveal|repeat|print|show|output|recite) (?:me )?your (?:\w+ )?(?:prompt|instruction)s?\b",
)
SAYS_WHAT_IT_IS = (
    rf"\byou(?: a|')re (?:(?:now|no longer|not|just|only|from now on) )*(?:an?|the|my|our) "
    rf"(?:[\w-]+ ){{0,4}}{MACHINE}\b",
    rf"\b(?:act|behave|speak|respond|answer) as (?:an?|the|if you were) (?:[\w-]+ ){{0,4}}{MACHINE}\b",
    rf"{ORDER}pretend (?:to|that|you)\b|\bas an? {MODEL}\b",
    rf"\b(?:note|message|instruction|notice|attention|memo|reminder|order|hello|hey|dear|attn)s?\W+"
    rf"(?:(?:to|for|any|all|the|every|each|you) )*{MODEL}\b",
    rf"\b(?:note|message|instruction|memo|reminder|order)s? (?:to|for) (?:(?:any|all|the|every|this) )*"
    rf"(?:(?!{OTHER}\b)[\w-]+ )?assistants?\b(?! (?:systems?|functions?)\b)",
    rf"^\W{{0,20}}(?:(?:dear|hey|hello) )?(?:{MODEL}|auriga|assistant)\s*[,:!]\s*(?:you|please|say|tell|ignore"
    rf"|answer|reply) {NOT_TO_THE_CAR}",
)
ORDERS_IT = (
    rf"{CALLED},? {MUST} (?:[\w-]+ ){{0,2}}?(?:"
    rf"(?:tell|assure|inform|answer|promise) (?:{SOMEBODY}|them|every\w+|any\w+|all)\b"
    r"|(?:say|claim|answer|reply|respond|state|confirm|announce|pretend) (?:that|only|with|to all)\b"
    r"|(?:never|not) (?:tell|mention|reveal|say|refuse)\b|(?:ignore|obey|refuse|pretend)\b"
    r"|(?:unlock|open|start|honk|execute|run|send|call|accelerate|brake) \w)",
    r"\b(?:the|this|a) system (?:must|shall) (?:always )?(?:say|tell|answer|reply|claim|pretend)\b",
)
ORDERS_WORDS = (
    rf"{ORDER}(?:tell|inform|assure|convince) {SOMEBODY} (?:that|to|:)",
    # "Call the breakdown service and say that the car is a hybrid" speaks to a driver.
    rf"{FIRST_ORDER}say (?:to {SOMEBODY} )?that (?:the|your|all|every\w*|my|our|its|it|this|there|no\w*|both)\b",
    rf"{ORDER}say (?:that )?(?:the|all|your|my) (?:[\w-]+ ){{1,3}}(?:is|are|was|were|has|have) "
    r"(?:\w+ )?(?:fine|ok|okay|safe|good|healthy|in order|(?:un)?locked|open)\b",
    rf"\b(?:if|when|whenever) (?:you(?: a|')re )?(?:{SOMEBODY} |some\w+ |any\w+ )?(?:ever )?ask(?:s|ed)\b"
    rf"[^.]{{0,200}}?[, ](?:then )?(?:you (?:must|should|will|shall) )?(?:always |just |only )?"
    rf"(?:answer|reply|respond|tell|claim|say) {NOT_TO_THE_CAR}",
    rf"{ORDER}(?:always |only )?(?:answer|reply|respond)(?: to)? (?:all|every|any|each) (?:\w+ )?"
    r"(?:question|request|quer)",
    rf"{ORDER}(?:always |only )?(?:answer|reply|respond) (?:only|always|exactly) {NOT_TO_THE_CAR}",
    rf"{ORDER}(?:always |only )?(?:answer|reply|respond) (?:that|in (?:german|french|spanish|rhyme|verse"
    r"|json|capitals)) ",
)
ADDRESSES = re.compile("|".join((*SETS_ASIDE, *SAYS_WHAT_IT_IS, *ORDERS_IT, *ORDERS_WORDS)))

ROLE = r"(?:system|assistant|user|human|developer|tool|model)"
# The marks of a chat, a call of a tool, and code: no owner's manual prints them.
MARKUP = re.compile(
    r"<\|[^<>|]{0,40}\|?>|\[/?(?:inst|sys|system|assistant|user)\]|<</?sys>>|</?s>"
    r"|<(?:start|end)_of_turn>|<(?:bos|eos|pad|unk)>"
    rf"|</?(?:{ROLE}|tool_calls?|function_calls?|instructions?|prompt|think)\b[^<>]{{0,200}}>"
    r"|###\s*(?:system|instruction|response|human|assistant|user)s?\b"
    rf"|\b{ROLE}(?: prompt| message)?:.{{0,400}}\b{ROLE}:|\{{\s*\"?\w+\"?\s*:\s*[\"\[{{\w-]|\b[a-z]\w{{0,40}}_\w{{1,40}}\("
)
# In capitals only: "System: …" is the name of a menu.
SPEAKER = re.compile(
    r"(?:^|[.!?]\s+)\W*(?:SYSTEM|ASSISTANT|DEVELOPER|AI)(?: (?:PROMPT|MESSAGE|NOTE|OVERRIDE))?\s*:"
)


def is_markup(text: str) -> bool:
    """Whether a text holds what tells a language model who speaks, or calls a tool."""
    return bool(SPEAKER.search(text) or MARKUP.search(appearance(text)))


def is_addressed(text: str) -> bool:
    """Whether a text speaks to an assistant, to a language model or to "the system"."""
    return is_markup(text) or ADDRESSES.search(appearance(text)) is not None
