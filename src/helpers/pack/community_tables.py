"""Who is here, who works with whom, and what people said."""

from __future__ import annotations

from ..tabular import Table
from .words import SPEECH, c

TABLES = (
    Table(
        "organisations",
        "One row for each organisation that was asked whom it works with, or was named by one.",
        (
            c("organisation", "id", "A short id that the table of ties uses", "hope-centre", needed=True),
            c("name", "text", "Its name", "Hope Centre", needed=True),
            c("type", "text", "What it is", "community centre", needed=True),
            c(
                "sector",
                "word",
                "Which sector",
                "community",
                ("public", "voluntary", "community", "private", "faith", "not known"),
                needed=True,
            ),
            c("reach", "whole", "People it is in touch with in a year, about", "900", low=0),
            c("serves", "text", "The group of people it serves, in one or two words", "young parents"),
            c("offers", "text", "The service it gives, in one or two words", "advice"),
            c("asked", "word", "Was it asked whom it works with?", "yes", ("yes", "no"), needed=True),
            c("answered", "word", "Did it answer?", "yes", ("yes", "no"), needed=True),
            c("postcode_district", "district", "First half of its postcode", "M33"),
        ),
        key=("organisation",),
    ),
    Table(
        "ties",
        "One row for each answer 'we work with them': one organisation about another.",
        (
            c("organisation", "id", "Who answered", "hope-centre", needed=True, link="organisations.organisation"),
            c("works_with", "id", "Whom it named", "north-school", needed=True, link="organisations.organisation"),
            c(
                "how_often",
                "word",
                "How often they work together",
                "monthly",
                ("weekly", "monthly", "a few times a year", "once a year or less", "not known"),
                needed=True,
            ),
            c(
                "trust",
                "whole",
                "How far it trusts the other, 1 (hardly) to 5 (fully); empty where not asked",
                "4",
                low=1,
                high=5,
            ),
            c("asked_on", "day", "When it answered", "2025-05-19", needed=True),
        ),
        key=("organisation", "works_with"),
    ),
    Table(
        "register",
        "One row for each shared institution here, such as a family hub; also one with status 'unknown' or 'no' for a"
        " kind that nobody has found.",
        (
            c(
                "kind",
                "word",
                "What kind",
                "family hub",
                ("supporter team", "community anchor", "family hub", "extended school", "other shared institution"),
                needed=True,
            ),
            c("name", "text", "Its name; empty where there is none", "North family hub"),
            c(
                "definition",
                "text",
                "The definition that you used",
                "Help for all ages 0 to 19 under one roof",
                needed=True,
            ),
            c("date", "day", "When this was last checked", "2025-06-24", needed=True),
            c("status", "word", "Is there one?", "yes", ("yes", "no", "unknown"), needed=True),
            c("postcode_district", "district", "First half of its postcode", "M33"),
            c("source", "text", "Where you know it from", "Council web page"),
        ),
    ),
    Table(
        "assets",
        "One row for each thing that people here can use, or each kind of thing in a district, from a public list.",
        (
            c("kind", "text", "What kind", "library", needed=True),
            c("name", "text", "Its name; empty where a row counts several", "Sale Library"),
            c("how_many", "whole", "How many this row stands for", "1", needed=True, low=0),
            c("postcode_district", "district", "First half of the postcode", "M33"),
            c("source", "text", "The public list", "Council's list of libraries", needed=True),
            c("source_date", "day", "The date of that list", "2025-03-31", needed=True),
        ),
    ),
    Table(
        "sessions",
        "One row for each time people were listened to.",
        (
            c("session", "id", "A short id that the table of listening uses", "s01", needed=True),
            c("date", "day", "When", "2025-05-20", needed=True),
            c("place", "text", "Where, as a part of the area, never an address", "North estate", needed=True),
            c(
                "method",
                "word",
                "How",
                "group conversation",
                ("interview", "group conversation", "walk", "survey", "event", "diary", "visit", "other"),
                needed=True,
            ),
            c("people", "whole", "How many people took part", "14", needed=True, low=1),
            c("who", "text", "The group they belong to, in a few words", "young parents", needed=True),
            c(
                "consent",
                "word",
                "What they agreed to",
                "themes only",
                ("themes and quotes", "themes only", "none"),
                needed=True,
            ),
        ),
        key=("session",),
        about=SPEECH,
    ),
    Table(
        "listening",
        "One row for each thing that was said, each theme in it, and each coder who read it.",
        (
            c("session", "id", "Id of the session", "s01", needed=True, link="sessions.session"),
            c("passage", "id", "Id of what was said, the same for both coders", "s01-3", needed=True),
            c("theme", "text", "What it is about, in one to four words", "nowhere to meet", needed=True),
            c(
                "direction",
                "word",
                "Is it a need, a strength, or what would help people help themselves?",
                "need",
                ("need", "strength", "help themselves"),
                needed=True,
            ),
            c("indicator", "indicator", "Id of the indicator it bears on; empty where there is none", ""),
            c(
                "says",
                "word",
                "What it says of that indicator: is it a problem here?",
                "problem",
                ("problem", "no problem", "mixed"),
            ),
            c("people", "whole", "How many of the people in the session said it; empty where not counted", "5", low=1),
            c(
                "quote",
                "quote",
                "The words. They stay in this file",
                "There is nowhere to go with a buggy when it rains.",
            ),
            c("coder", "id", "Who chose the theme, as a letter, never a name", "a", needed=True),
        ),
        key=("session", "passage", "theme", "coder"),
        about=SPEECH,
    ),
    Table(
        "not_heard",
        "One row for each group of people that has not been listened to yet.",
        (
            c("who", "text", "The group", "people who work nights", needed=True),
            c("why", "text", "Why not", "All sessions were in the daytime"),
            c("next_step", "text", "What will be done, and by when", "A session at the depot by October"),
        ),
        key=("who",),
    ),
)
