"""What is in the way, what was decided, and what moves before official figures do."""

from __future__ import annotations

from ..tabular import Table
from .words import YES_NO, c

TABLES = (
    Table(
        "barriers",
        "One row for each rule, target, form or contract term that gets in the way.",
        (
            c("barrier", "id", "A short id", "b01", needed=True),
            c("rule", "text", "The rule, in plain words", "Help ends on the day a child turns five", needed=True),
            c("owner", "text", "Which body made it; a post or body, never a person", "Council"),
            c("department", "text", "The government department behind it, or 'none'", "none"),
            c(
                "legal_level",
                "word",
                "What kind of rule",
                "local",
                ("local", "contract", "guidance", "regulation", "law", "not known"),
                needed=True,
            ),
            c("link", "text", "Where it can be read", "https://example.org/rules"),
            c("cases", "whole", "How many times it got in the way", "34", low=0),
            c("hours", "number", "Hours of work it cost", "210", low=0),
            c("people", "whole", "People it held back or hurt", "29", low=0),
            c("period", "period", "The time that those counts cover", "2024-25"),
            c("evidence", "text", "How this is known", "Log kept by the family hub"),
            c(
                "status",
                "word",
                "Where it stands",
                "asked",
                ("found", "asked", "agreed", "changed", "waived", "refused", "kept"),
                needed=True,
            ),
            c("protects_rights", "word", "Does it protect somebody's rights?", "no", YES_NO, needed=True),
            c("next_move", "text", "The next step", "Cabinet to decide"),
            c("due", "day", "By when", "2026-03-31"),
        ),
        key=("barrier",),
    ),
    Table(
        "decisions",
        "One row for each decision taken, with the change that it was expected to bring.",
        (
            c("decision", "id", "A short id", "d01", needed=True),
            c("date", "day", "When it was taken", "2025-07-15", needed=True),
            c("what", "text", "What was decided", "Open the hub on Saturdays", needed=True),
            c("recommendation", "text", "Id or words of the recommendation that it follows; empty where none", ""),
            c("owner", "text", "Which body or post answers for it, never a person", "Director of children's services"),
            c(
                "indicator",
                "indicator",
                "Id of the indicator that should change; empty where there is none",
                "rereferrals",
            ),
            c("expected_change", "number", "By how much, in units of the indicator; minus for a fall", "-3"),
            c("expected_by", "day", "By when", "2026-12-31"),
            c("unit", "text", "The unit of the change", "percentage points"),
            c("baseline", "number", "The value when it was decided", "22.4"),
        ),
        key=("decision",),
    ),
    Table(
        "conditions",
        "One row for each of the five conditions of working together: is it there?",
        (
            c(
                "condition",
                "word",
                "Which condition",
                "common agenda",
                (
                    "common agenda",
                    "shared measurement",
                    "mutually reinforcing activities",
                    "continuous communication",
                    "backbone support",
                ),
                needed=True,
            ),
            c(
                "state",
                "word",
                "Evidenced (there is proof), declared (partners say so) or absent",
                "declared",
                ("evidenced", "declared", "absent"),
                needed=True,
            ),
            c("evidence", "text", "The proof, or who says so", "Partnership plan, page 4"),
            c("date", "day", "When this was last checked", "2025-06-24", needed=True),
        ),
        key=("condition",),
    ),
    Table(
        "shared_measures",
        "One row for each indicator that the partners here have agreed to watch together.",
        (
            c("indicator", "indicator", "Id of the indicator", "rereferrals", needed=True),
            c("agreed_on", "day", "When they agreed", "2025-01-15", needed=True),
            c("who", "text", "Which partners", "Council, NHS and four charities", needed=True),
        ),
        key=("indicator",),
    ),
    Table(
        "fast",
        "One row for each month or week of a local series that moves before an official figure does.",
        (
            c("series", "text", "What is counted or measured", "Families who ask the hub for help", needed=True),
            c(
                "indicator",
                "indicator",
                "Id of the slow official indicator that it foreshadows",
                "rereferrals",
                needed=True,
            ),
            c("unit", "text", "The unit of the value", "families", needed=True),
            c("counts", "word", "Is the value a number of people?", "yes", ("yes", "no"), needed=True),
            c("better", "word", "Is high or low better?", "no judgement", ("high", "low", "no judgement"), needed=True),
            c("period", "step", "The month, or the Monday of the week", "2025-04", needed=True),
            c("value", "number", "The value; empty where it was not counted", "41"),
        ),
        key=("series", "period"),
    ),
    Table(
        "data_items",
        "One row for each thing that staff are asked to write down.",
        (
            c("item", "text", "The thing", "Date of first contact", needed=True),
            c("asked_of", "text", "Who is asked, as a role", "family support worker", needed=True),
            c("asked_by", "text", "For whom", "Funder's quarterly return"),
            c("times_a_year", "whole", "How many times a year, for one worker", "240", needed=True, low=0),
            c("minutes", "number", "Minutes each time", "2", low=0),
            c("held_elsewhere", "text", "The system that holds it already; empty where none does", ""),
        ),
        key=("item", "asked_of"),
    ),
)
