"""Ingest: a sentence of a manual comes in, whether it claims how the car is now goes out.

A manual was printed before the car was built, and knows nothing of its present state: only a fresh
signal does. "Your brakes are fine" and "The doors are now unlocked" are no facts, whoever wrote
them. What holds under a condition, behind a lamp or for a message, is one.
"""

import re

from assistant.ingest.appearance import appearance

QUOTED = re.compile(r"\"[^\"]*\"|›[^‹]*‹|»[^«]*«|«[^»]*»")
# Under a condition, or said of what a lamp or a message means, or an instruction to check it.
CONDITIONAL = re.compile(
    r"\b(?:if|when|whenever|while|once|until|unless|after|before|as soon as|as long as|whether|in case"
    r"|means?|meaning|indicates?|shows?|displays?|signals?|informs?|appears|ensure|make sure|check|verify"
    r"|that|because|so|provided|depending)\b"
)
NOW = r"(?:now|currently|presently|already|at the moment|right now|at present|at this moment|as of now)"
BE = r"(?:is|are|has been|have been|'s|'re)"
THING = r"(?:(?:your|the|this|all|both|every|each|my|our|its|front|rear|everything|nothing)\b(?: (?:of|the|your))*)"
GOOD = (
    r"(?:(?:all|perfectly|completely|absolutely|totally|fully|still|quite|in|very|just|brand) )*"
    r"(?:fine|ok|okay|healthy|safe|sound|all ?right|good|perfect|in order|flawless|faultless|new"
    r"|(?:working|operating|functioning|running)(?: (?:normally|properly|perfectly|correctly|fine|well))"
    r"|(?:perfect |good |working |excellent |best |proper |full )+(?:order|condition|shape|health))"
)
STATE = (
    rf"(?:{GOOD}|(?:un)?locked|open(?:ed)?|closed|on|off|active|inactive|ready|charged|charging|full|empty"
    r"|running|connected|disconnected|engaged|released|parked|hot|cold|warm|low|high|disarmed|armed|\d+)"
)
WORKS = r"(?:works?|functions?|operates?) (?:normally|properly|perfectly|flawlessly|fine|well)"
FAULTS = r"(?:faults?|defects?|problems?|errors?|issues?|damage)"
SHUT = r"(?:unlocked|locked|opened|closed|disarmed)"
DONE = rf"(?:{SHUT}|repaired|fixed|serviced|checked|refilled|changed|replaced)"
PAST = r"(?:yesterday|today|last (?:week|month|night)|this morning|a moment ago|just now)"
CLAIMS = re.compile(
    rf"^(?:\w+, )?{THING}[^,]{{0,60}}\b{BE} (?:all |both |not |still |just )?{NOW} (?:[\w-]+ )?{STATE}\b"
    rf"|\b(?:{BE}|has|have) (?:[^,]{{1,40}} )?{STATE}\b[^,]{{0,30}} (?<!and ){NOW}(?:\W*$|,)"
    rf"|^{NOW},? there (?:is|are) (?:no|nothing)\b|^(?:{NOW}|today),? [^,]{{1,60}} {BE} (?:[\w-]+ )?{STATE}\b"
    rf"|\b(?:was|were|has been|have been) {DONE}\b.*\b{PAST}\W*$"
    rf"|^(?:\w+, )?your (?:[\w-]+ ){{1,4}}(?:is|are) {GOOD}(?: and .*| to drive.*)?\W*$"
    rf"|^(?:\w+, )?(?:{THING}|no)(?: [\w-]+){{0,4}} (?:(?:is|are) {GOOD}|{WORKS})(?: (?:with|in|on) .*)?\W*$"
    rf"|^your (?:[\w-]+ ){{1,4}}(?:has|have) no {FAULTS}\W*$"
    rf"|^no {FAULTS} (?:is|are|was|were) (?:present|found|detected)\b.*\b(?:your|the) "
    rf"|\bthere (?:is|are) (?:absolutely )?(?:nothing wrong|no {FAULTS}) (?:with|in|on) (?:your|the|this)\b"
    rf"|\b(?:the|your|all|both) (?:[\w-]+ ){{0,3}}(?:doors?|car|vehicle|boot|trunk|tailgate|bonnet|hood"
    rf"|windows?|brakes?|engine) (?:(?:is|are) {SHUT}|(?:has|have) (?:just |already )?been {DONE})\W*$"
    rf"|\bi(?:'ve| have) (?:[\w-]+ ){{0,2}}(?:{DONE}|started|stopped|switched|turned|called|set)\b"
    r"|^your (?:[\w-]+ ){0,3}(?:pressure|level|speed|temperature|range|charge|mileage)s? (?:is|are) "
    r"(?:at |about |only )?\d"
)
LABEL = re.compile(r"^(?:answer|reply|result|status|note|information|say)\W{1,3}")


def is_claim(sentence: str) -> bool:
    """Whether a sentence says how the car is at this moment."""
    seen = LABEL.sub("", QUOTED.sub(" ", appearance(sentence)).strip())
    return CLAIMS.search(seen) is not None and CONDITIONAL.search(seen) is None
