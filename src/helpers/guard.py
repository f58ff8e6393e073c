"""Refuse what could point at one person in text that is published: a last net, not a proof.

Numbers and addresses have forms that can be known for sure; names have not, so that part is a best effort, and says
so. No message repeats the text.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

E_MAIL = re.compile(
    r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.|\s?\(dot\)\s?|\[dot\])\w+"
    r"|[\w.+-]+\sat\s[\w-]+\sdot\s(?:com|org|net|co|uk|gov|nhs|ac)\b",
    re.IGNORECASE,
)
# the second form is a mobile number that has lost its 0 in a spreadsheet
PHONE = re.compile(r"(?<![\w.])(?:(?:\+44|0044|0)(?:[\s()./-]*\d){9,10}|7[1-9]\d{2}[\s-]?\d{3}[\s-]?\d{3})(?!\w)")
# no D, F, I, Q, U or V at the start, no O as the second letter; the last letter is A to D
NI_NUMBER = re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[\s-]?\d){6}[\s-]?[A-D]\b", re.IGNORECASE)
TEN_DIGITS = re.compile(r"(?<!\d)\d{3}[\s-]?\d{3}[\s-]?\d{4}(?!\d)")
POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}\d[A-Z\d]?|GIR)[ -]?\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)
ADDRESS = re.compile(
    r"\b\d{1,4}[A-Za-z]?,? (?:[A-Z][\w'’-]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Close|Drive|Crescent|Grove|Terrace"
    r"|Gardens|Court|Way|Place)\b"
)
HANDLE = re.compile(r"(?<![\w@])@[A-Za-z]\w{2,}")
BIRTH = re.compile(r"\b(?:born(?: on)?|date of birth|d\.?o\.?b\.?)\W{0,3}\d", re.IGNORECASE)
TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Rev|Cllr|Councillor|Sir|Dame|Sister|Nurse|PC)\.? [A-Z][a-z'’-]+")
CALLED = re.compile(
    r"\b(?:my name is|my (?:son|daughter|husband|wife|partner|friend|neighbour|mum|dad|brother|sister),?"
    r"|(?:a|the) (?:man|woman|girl|boy|mother|father|child) (?:called|named)|named after)\s+[A-Z][a-z]+"
)
# common given names in England and Wales over the last sixty years, most of them no words or places
COMMON = """
aaron abdul abigail adam adrian ahmed aisha alan alex alexander alfie ali alice alison amanda amelia amir amy
andrea andrew angela anna anne anthony archie arthur ashley ayesha barbara ben benjamin beth bethany brian
callum cameron carl carol caroline catherine charles charlie charlotte chloe chris christine christopher
claire connor craig daisy daniel danielle darren david dawn dean deborah debra denise derek diane donna
dorothy edward eileen elizabeth ella ellie emily emma eric ethan evie fatima fiona frank freddie gareth gary
gavin gemma geoffrey george georgia gillian glenn graham hannah harriet harry hassan hayley heather helen
henry holly ian ibrahim imran isaac isabella isla jack jacob jacqueline jake james jamie jane janet jason
jasmine jean jennifer jessica joan joanne joe john jonathan joseph josh joshua joyce judith julia julie karen
kate katherine kathleen katie keith kelly kenneth kerry kevin kieran kimberley kirsty laura lauren leah leanne
lee leo leon lewis liam linda lindsey lisa logan louise lucas lucy luke lynn mandy margaret maria marie mark
martin mary mason matthew maureen maxine megan melanie michael michelle mohammed mohammad muhammad molly
natalie natasha nathan neil nicholas nicola nigel noah nicole oliver olivia oscar owen pamela patricia patrick
paul pauline peter philip phoebe priya rachel raymond rebecca reece rhys richard robert robin roger ronald
rosie roy ruth ryan sally sam samantha samuel sandra sarah scott sean shannon sharon shaun sheila shirley
simon sophie stacey stephanie stephen steven stuart susan suzanne tanya teresa terence thomas timothy tina
toby tom tony tracey tracy trevor tyler valerie vanessa vera veronica victoria vincent wayne wendy william
yasmin yusuf yvonne zahra zainab zara zoe
"""
GIVEN = frozenset(COMMON.split())
NAME = re.compile(r"[A-Z][a-z'’-]+|[A-Z]{2,}|(?:Mc|Mac|O['’]|D['’])[A-Z][a-z]+|[A-Z][a-z]+-[A-Z][a-z]+|[A-Z]")
SPEECH = "said says told tells asked asks thinks thought wants lives lived feels felt aged"
SPEAKS = frozenset(SPEECH.split())
FAMILY = "son daughter boy girl baby child children kids mum mother dad father wife husband partner"
PEOPLE = frozenset(FAMILY.split())
NOT_FAMILY = """
street road school centre center church hall park house hospital trust college library hub close avenue academy club
foundation baths station line square gardens garden mill works infirmary quay tower estate court ward primary junior
theatre cathedral university surgery lane way place day week act award i ii iii iv v vi vii viii
"""
PLACES = frozenset(NOT_FAMILY.split())


def faults(text: str, names: bool = True) -> list[str]:
    """Return what in a text could point at one person, in words that do not repeat it.

    `names`: look for names of people too; off where the text is the name of an organisation.

    >>> faults("Call 0161 496 0000 or write to jo@example.org")
    ['an e-mail address', 'a telephone number']
    >>> faults("Nothing to do for young people in the evening"), faults("Sarah Bloggs said so"), faults("M33 7ZZ")
    ([], ['what looks like the name of a person'], ['a full postcode'])
    """
    text = unicodedata.normalize("NFKC", text)  # digits and letters of another width are the same ones
    found = []
    for pattern, word in (
        (E_MAIL, "an e-mail address"),
        (PHONE, "a telephone number"),
        (NI_NUMBER, "a National Insurance number"),
        (POSTCODE, "a full postcode"),
        (ADDRESS, "an address"),
        (BIRTH, "a date of birth"),
    ):
        if pattern.search(text):
            found.append(word)
    if any(_nhs(number) for number in TEN_DIGITS.findall(text)):
        found.append("an NHS number")
    if HANDLE.search(text) and "an e-mail address" not in found:
        found.append("the name of an account")
    if names and (TITLED.search(text) or CALLED.search(text) or _named(text)):
        found.append("what looks like the name of a person")
    return found


def names_somebody(text: str) -> bool:
    """Return whether one of the words of an id is a common given name: an id of a person must be made up.

    >>> names_somebody("jane smith"), names_somebody("p0001"), names_somebody("a")
    (True, False, False)
    """
    return any(word in GIVEN for word in re.split(r"[^a-z]+", text.lower()))


def _nhs(text: str) -> bool:
    """Return whether ten digits end with the check digit of an NHS number (weights 10 to 2, modulo 11).

    >>> _nhs("943 476 5919"), _nhs("9434765918")
    (True, False)
    """
    digits = [int(c) for c in text if c.isdigit()]
    check = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return check != 10 and check % 11 == digits[9]


def _named(text: str) -> bool:
    """Return whether a common given name stands before a family name or an initial, or before what only people do.

    >>> _named("then SARAH BLOGGS came"), _named("Sarah B. came"), _named("as Sarah told us"), _named("Sarah's boy")
    (True, True, True, True)
    >>> _named("Victoria Baths"), _named("a mark was said to be low"), _named("We met in the George and stayed")
    (False, False, False)
    """
    words = [w.strip('.,;:!?()"“”‘') for w in text.split()]
    for first, second in pairwise([*words, ""]):
        plain = re.sub(r"['’]s?$", "", first)
        if not NAME.fullmatch(plain) or plain.lower() not in GIVEN:
            continue
        family = NAME.fullmatch(second.removesuffix("'").removesuffix("’"))
        if first == plain and family and second.lower() not in PLACES:
            return True
        if second.lower() in (PEOPLE if first != plain else SPEAKS):
            return True
    return False
