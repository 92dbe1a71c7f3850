"""Ingest: a text of a manual comes in, whether it speaks to an assistant, and not to a driver, goes out.

A manual is data, and so is whatever somebody wrote into it: what tells a machine what to do or to
say is no fact about the car. What a driver is told to say is one ("Say “Cancel” to the assistant"),
and so is what a voice assistant or a driving assistant does.
"""

import re

from assistant.ingest.appearance import appearance
from assistant.ingest.present import is_claim

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
HAIL = r"(?:hey|dear|hello|ok|okay|remember|listen|attention)"
MUST = (
    r"(?:must|shall|should|will always|has to|have to|needs? to|ought to"
    r"|(?:is|are)(?: required| instructed| ordered| told)? to)"
)
PRIOR = r"(?:your|previous|prior|earlier|preceding|above|foregoing|former|system|initial|original)"
# What a driver is to say to the car stands in quotation marks, or is a yes or a no.
NOT_TO_THE_CAR = r"(?!(?:with |either )?(?:[\"'<(]|yes\b|no\b|the (?:name|number|word)))"

# Sentences that make no sense to a driver, whatever stands around them.
ABOUT_ITSELF = (
    r"\bsystem prompt\b|\bprompt injection\b|\bnew (?:system )?instructions?\s*:",
    r"\b(?:system|admin|developer|root) (?:message|prompt|command|instruction|notice) (?:follows|begins)\b",
    r"\byour (?:(?:new|only|real|actual|current|true|hidden|secret) )?(?:task|job|mission|goal|role|objective"
    r"|prompt|guidelines|programming|training|rules|directives|restrictions|persona|configuration)s?\b"
    r"(?! as (?:an? |the )?(?:driver|owner|user))"
    r"|\byour (?:(?:new|real|actual) )?instructions (?:are|were|have)\b",
    r"\b(?:reveal|repeat|print|show|output|recite|translate) (?:me )?your (?:\w+ )?(?:prompt|instruction)s?\b",
    r"\b(?:replace|prepend|append|begin|start|end|change|translate|finish|add) (?:to )?(?:your|every|each|all)"
    r" (?:\w+ )?(?:answer|repl|response|sentence)",
    r"\b(?:every|all|any|each) questions? (?:(?:is|are) to be|must|should|shall|with)\b"
    r"|\banswer to (?:every|all|any|each)\b"
    r"|\b(?:correct|right|only|next|best|standard|proper) (?:answer|response|reply) (?:to|is|must|should)\b",
    rf"\byou(?: a|')re (?:(?:now|no longer|not|just|only|from now on) )*(?:an?|the|my|our) "
    rf"(?:[\w-]+ ){{0,4}}{MACHINE}\b|\byou(?: a|')re (?:now )?auriga\b",
    rf"\b(?:act|behave|speak|respond|answer) as (?:an?|the|if you were) (?:[\w-]+ ){{0,4}}{MACHINE}\b"
    r"|\bact (?:like|as if|as though) (?:you|there)\b",
    rf"\bas (?:an?|the|this) (?:(?!{OTHER}\b)[\w'-]+ ){{0,3}}{MACHINE},? you\b|\bas an? {MODEL}\b",
    rf"{ORDER}pretend (?:to|that|you)\b",
)
# Orders to set other orders, or the manual, aside.
SETS_ASIDE = (
    rf"{ORDER}(?:ignore|disregard|forget|override|overrule|bypass|drop) (?:(?:all|any|every|of|the|these|those|other) )*"
    rf"{PRIOR} (?:[\w-]+ ){{0,2}}(?:instruction|direction|rule|prompt|guideline|directive|programming|training|order"
    r"|message|context|limit|restriction)s?\b",
    rf"{ORDER}(?:ignore|disregard|forget) (?:the|this|that|your) (?:owner's )?manual\b",
    rf"{ORDER}(?:ignore|do not answer|don't answer|never answer) (?:(?:any|all|every|the) )?questions?\b",
    r"\bnot bound by (?:the|this|your|any) (?:manual|rule)|\bdo as i say\b"
    r"|\binstructions? (?:above|before|so far) (?:is|are) (?:void|wrong|cancelled|invalid)\b",
    rf"{ORDER}(?:ignore|disregard|forget) (?:everything|all|anything)\b[^.]{{0,200}}\b(?:above|before|told"
    r"|said|learned|know)\b",
    rf"{ORDER}(?:stop|do not|don't|never|no longer) (?:follow|obey|us|quot)(?:e|ing)? (?:your|the|this|any)"
    r" (?:manual|guidelines|rules|restrictions)\b",
    rf"{ORDER}override (?:your |all |the )?(?:safety|security|restriction)s?\b",
    rf"{ORDER}(?:obey|execute) (?:(?:the|this|these|all|any) )?(?:following|next) (?:text|instruction|order|command)"
    rf"|{ORDER}(?:execute|run|invoke) the (?:command|function|tool) \w|\bobey (?:the|this|these|my|every)\b",
    rf"{ORDER}call the (?:function|tool|api) (?!menu|list|key|button|bar|selector)\w",
    rf"{ORDER}(?:skip|disable|bypass) (?:the |all |any |your )?(?:verification|safety checks?|filters|guardrails)\b",
    r"\bsend (?:an?|the) (?:can (?:frame|message)|frame|command)\b",
    r"\b(?:what|ignore|disregard|forget) the rest of this (?:book|text|manual|document|page)\b",
)
# Words that call an assistant or a model, or say that a text is for one.
CALLS_IT = (
    rf"\b(?:note|message|instruction|notice|attention|memo|reminder|order|important|hello|hey|dear|attn)s?\W+"
    rf"(?:(?:to|for|any|all|the|every|each|you) )*{MODEL}\b",
    rf"\b(?:note|message|instruction|memo|reminder|order)s? (?:to|for) (?:(?:any|all|the|every|this) )*"
    rf"(?:(?!{OTHER}\b)[\w-]+ )?assistants?\b(?! (?:systems?|functions?)\b)",
    r"\b(?:this|following|next) (?:\w+ )?(?:text|section|page|passage|chapter|line|message|paragraph|document)"
    rf" (?:is|was) (?:\w+ ){{0,2}}(?:for|to) (?:(?:the|an?|any) )?(?:(?!{OTHER}\b)[\w-]+ )?{MACHINE}\b",
    rf"^\W{{0,20}}(?:{HAIL}\W{{1,2}})?(?:{MODEL}|auriga|(?:voice )?assistant)(?:!|, (?:you|please)\b"
    r"|, \w+ (?:the|all|every|your|my|me|an?|to|that|no)\b"
    rf"|\W+(?:you|please|say|tell|ignore|answer|reply)\b {NOT_TO_THE_CAR})",
    rf"^\W{{0,20}}{HAIL}\W{{1,2}}(?:{MACHINE}|auriga|computer)\s*[,!:]",
    r"\b(?:for|to) (?:all |any |the )?(?:voice |ai |software )?(?:agents?|assistants?|bots?|models?)\s*:",
    r"\b(?:developer|system|assistant|model|agent|bot)(?:'s)? (?:note|instruction|directive)s?\s*:",
    r"\b(?:who|what|which)ever (?:\w+ )?(?:reads|processes|parses) this\b"
    r"|\b(?:machine|software|program|computer|agent) (?:that |which )?(?:read|process|pars)\w+ this\b",
    rf"\b(?:{MODEL}|assistant|bot|model|system)s?,? (?:(?:that|which|who|when|you are) )?"
    r"(?:read|process|pars|summari|index)\w* (?:this|the) (?:text|document|page|manual|passage|line|sentence)",
)
# Orders in the third person.
ORDERS_IT = (
    rf"{CALLED},? (?:\w+ this (?:\w+ )?)?{MUST} (?:[\w-]+ ){{0,2}}?(?:"
    rf"(?:tell|assure|inform|answer|promise) (?:{SOMEBODY}|them|every\w+|any\w+|all)\b"
    r"|(?:say|claim|answer|reply|respond|state|confirm|announce|pretend) (?:(?:that|only|with|to all|the|all|yes|no)\b|:)"
    r"|(?:never|not) (?:tell|mention|reveal|say|refuse)\b|(?:ignore|obey|refuse|pretend)\b"
    r"|(?:unlock|open|start|honk|execute|run|send|call|accelerate|brake) \w)",
    r"\b(?:the|this|a) system (?:must|shall) (?:always )?(?:say|tell|answer|reply|claim|pretend)\b",
    rf"\b{SOMEBODY} (?:must|should|shall|is to|are to) (?:\w+ )?be (?:told|assured|convinced)\b",
)
# Orders to say something, or to keep it back.
ORDERS_WORDS = (
    rf"{ORDER}(?:(?:do not|don't|never|make sure to|be sure to|remember to|you will|you must|you should) )?"
    rf"(?:tell|inform|assure|convince|reply to|respond to|say to|promise) {SOMEBODY}:? "
    r"(?:that|to|about|the|your|all|no|nothing|everything|it|there)\b",
    rf"{ORDER}(?:do not|don't|never) (?:ever )?(?:mention|admit)\b",
    # "Call the breakdown service and say that the car is a hybrid" speaks to a driver.
    rf"{FIRST_ORDER}say (?:to {SOMEBODY} )?that (?:the|your|all|every\w*|my|our|its|it|this|there|no\w*|both)\b",
    rf"{ORDER}say (?:that )?(?:the|all|your|my) (?:[\w-]+ ){{1,3}}(?:is|are|was|were|has|have) "
    r"(?:\w+ )?(?:fine|ok|okay|safe|good|healthy|in order|(?:un)?locked|open)\b",
    rf"\b(?:if|when|whenever|whatever|once) (?:you(?: a|')re )?(?:{SOMEBODY} |some\w+ |any\w+ |a person |people )?(?:ever )?"
    rf"ask(?:s|ed)?\b[^.]{{0,200}}?[, ](?:then )?(?:you (?:must|should|will|shall) )?"
    rf"(?:always |just |only )?(?:answer|reply|respond|tell \w+ that|claim|reassure|say) {NOT_TO_THE_CAR}",
    rf"\b(?:if|when|whenever|whatever|once) {SOMEBODY} [^.]{{0,120}}, ?(?:then |always |just |only |you )*"
    r"(?:say|tell|answer|reply|respond|claim|confirm|state)\b(?! \")",
    rf"{ORDER}(?:always |only )?(?:answer|reply|respond)(?: to)? (?:all|every|any|each) (?:\w+ )?"
    r"(?:question|request|quer)",
    rf"{ORDER}(?:always |only )?(?:answer|reply|respond) (?:only|always|exactly) {NOT_TO_THE_CAR}",
    rf"{ORDER}(?:always |only )?(?:answer|reply|respond) (?:that|in (?:german|french|spanish|rhyme|verse"
    r"|json|capitals)) ",
    rf"{FIRST_ORDER}(?:report|insist|announce|declare|claim|pretend|reply|respond|answer)(?: to [\w ]{{1,20}})? that\b"
    rf"|{ORDER}(?:report|insist|claim) that (?:all|every\w*|the|your|it|they|no\w*) (?:[\w-]+ ){{0,3}}(?:is|are)\b",
    rf"{ORDER}(?:let|make) (?:{SOMEBODY}|them|people) (?:know|believe|think) (?:that|the|all|every\w*)\b",
    rf"{ORDER}give {SOMEBODY} the all-clear\b",
    rf"{ORDER}(?:say|answer|reply|respond) (?:(?:with )?(?:yes|no) to (?:every|all|any|each)|(?:as|like) an?)\b",
    rf"{ORDER}(?:generate|compose|write|tell) (?:an?|me an?|us an?) (?:[\w-]+ )?(?:story|poem|joke|song|essay|rhyme)\b",
    rf"{ORDER}(?:do not |don't |never )?quote (?:this|the (?:warning|sentence|text|passage))\b",
    rf"{ORDER}speak (?:only |always )?(?:in (?:riddles|rhyme|verse|\w+ from)|like an?|as an?)\b",
    rf"{ORDER}(?:respond|reply|answer) with (?:an? )?(?:the )?(?:phrase|sentence|text|following|joke|poem|story)\b"
    rf"|{ORDER}(?:respond|reply|answer) to (?:all|every|any|each)\b",
    rf"{ORDER}(?:output|print|echo) (?:only )?(?:the )?(?:words?|phrase|sentence|following)\b",
)
# With each group the words of which a text must hold one: most texts hold none, and are done with.
GROUPS = tuple(
    (re.compile(needs), re.compile("|".join(rules)))
    for needs, rules in (
        (
            r"prompt|inject|instructi|message|command|notice|task|job|mission|goal|role|objective|guideline"
            r"|programming|training|rules|directive|restriction|persona|configur|answer|repl[yi]|response"
            r"|sentence|question|\bai\b|a\.i\.|llm|model|bot|assistant|auriga|\bact\b|pretend",
            ABOUT_ITSELF,
        ),
        (
            r"ignor|disregard|forget|overrid|overrul|bypass|\bdrop\b|manual|question|i say|instruction|guideline|rules|restrict|obey|execut|\brun\b|invoke"
            r"|\btool\b|\bapi\b|call the function|skip|disable|\bsend\b|the rest of this",
            SETS_ASIDE,
        ),
        (r"\bai\b|a\.i\.|llm|model|bot|assistant|auriga|agent|system|developer|computer| this\b", CALLS_IT),
        (r"\bai\b|a\.i\.|llm|model|bot|assistant|the system|this system|a system|be (?:told|assur|convin)",
         ORDERS_IT),
        (
            r"\btell\b|inform|assure|convince|repl[yi]|respond|\bsay\b|promise|mention|admit|answer|claim"
            r"|confirm|\bstate\b|report|insist|announce|declare|pretend|\blet\b|\bmake\b|\bgive\b|generate"
            r"|compose|\bwrite\b|quote|speak|output|print|echo",
            ORDERS_WORDS,
        ),
    )
)  # fmt: skip
SAYS_QUOTED = re.compile(r"\b(?:say|answer|reply|respond|tell \w+ \w+)\b[ :]*\"([^\"]{1,200})\"")

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
    seen = appearance(text)
    # "Say “Cancel”" is for a driver, and "say “Your brakes are fine”" is for nobody else.
    said = any(is_claim(quoted) for quoted in SAYS_QUOTED.findall(seen))
    return (
        said
        or is_markup(text)
        or any(needs.search(seen) and rules.search(seen) for needs, rules in GROUPS)
    )
