"""What people said, as a reader of the page on needs sees it: themes and counts, beside what statistics say."""

from __future__ import annotations

from datetime import date

from . import charts, disclosure, periods, tables
from .evidence import Evidence
from .local_notice import caption as marked
from .narrative import value_of
from .wording import Html, listed, paragraph, text

TITLES = {"need": "needs", "strength": "strengths", "help themselves": "help"}
WORSE, BETTER = "worse", "better"
VERDICTS = {
    "firm": "They agree well enough to rest firm conclusions on the themes.",
    "tentative": "They agree well enough for tentative conclusions only.",
    "not yet": "They do not agree well enough yet: read the themes as first impressions.",
    "cannot tell": "It cannot be told yet: at least 10 passages must be read by two coders, with more than one theme in them.",
}


def not_asked(e: Evidence, what: str) -> Html:
    """Return that something has not been asked yet, and how a locality can add it."""
    return paragraph(
        f"Not yet asked: {what} To add it, run handbook new-pack {e.place['slug']}, and fill in the tables of sessions and listening."
        " Only themes and counts of people are published, never the words.",
        "hb-gap",
    )


def content(e: Evidence) -> dict:
    """Return what the analysis of listening gave; {} where nobody was asked."""
    return e.local.get("listening", {})


def of(e: Evidence, direction: str) -> list[dict]:
    """Return the themes of one direction, the most widely heard first."""
    return [theme for theme in content(e).get("themes", []) if theme["direction"] == direction]


def themes(e: Evidence) -> Html:
    """Return the needs that people named: how many said so, where, and whether the statistics agree."""
    found = of(e, "need")
    if not found:
        return not_asked(
            e, f"nobody has asked people in {e.name} for this book what they need. This page is half of the picture."
        )
    words = _spoken(e)
    compared = [(theme, beside(e, theme)) for theme in found]
    counts = {word: sum(b[0] == word for _, b in compared) for word in ("agree", "disagree", "silent")}
    stand = (
        f"Of {_themes(len(found))}, statistics agree with {counts['agree'] or 'none'}, disagree with {counts['disagree'] or 'none'}, and are"
        f" silent on {counts['silent'] or 'none'}. Where they are silent, people know something that no figure here tells."
    )
    return Html(
        paragraph(words)
        + _chart(e, found, "Most widely named")
        + paragraph(stand)
        + _table(e, compared, "Needs that people named, the most widely heard first")
        + paragraph(_COUNTED, "hb-source")
    )


_COUNTED = (
    "“At least” is meant: within one session the largest number that any passage gives is taken, since the same people may stand"
    f" behind several. Numbers from 1 to {disclosure.MOST} are not shown, and others are rounded to the nearest {disclosure.BASE}."
    " The order is by how many different groups of people named it."
)


def _spoken(e: Evidence) -> str:
    heard = content(e)["heard"]
    when = month(heard["first"]) if heard["first"] else ""
    span = (
        ""
        if not when
        else f" in {when}"
        if heard["first"] == heard["last"]
        else f" from {when} to {month(heard['last'])}"
    )
    alone = ", and in talks with one" if heard["talks_with_one"] else ""
    return (
        f"{_people(heard['people'])} in {e.name} took part in {_many(heard['sessions'], 'session')} of two people or more{alone}, in"
        f" {_many(heard['places'], 'place')}{span}."
    )


def month(text: str) -> str:
    """Return a month as a reader expects it.

    >>> month("2025-04")
    'April 2025'
    """
    return f"{date.fromisoformat(text + '-01'):%B %Y}"


def _people(number: int | None, least: bool = False) -> str:
    if number is None:
        return f"Fewer than {disclosure.MOST + 1} people"
    return f"{'At least ' if least else 'About '}{number:,} people"


def _many(number: int, one: str) -> str:
    return f"{number:,} {one}" + ("" if number == 1 else "s")


def _themes(number: int) -> str:
    return "1 theme" if number == 1 else f"{number} themes"


def _chart(e: Evidence, found: list[dict], finding: str) -> str:
    values = [
        {
            "label": theme["theme"],
            "value": theme["people"] or 0,
            "short": f"fewer than {disclosure.MOST + 1}" if theme["people"] is None else f"{theme['people']:,}",
            "shown": _people(theme["people"], least=True),
            "known": theme["people"] is not None,
        }
        for theme in found
    ]
    widest = [theme for theme in found if theme["groups"] == found[0]["groups"]]
    names = listed([f"“{theme['theme']}”" for theme in widest[:3]])
    each = " each" if len(widest) > 1 else ""
    caption = f"{finding}: {names}, by {_many(found[0]['groups'], 'group')} of people{each}. Bars show how many people said it, at least"
    caption = marked(e, caption)
    alternative = f"{caption}. " + "; ".join(f"{v['label']}: {v['shown'].lower()}" for v in values) + "."
    return charts.amounts(values, caption, alternative, unit_format="~s")


def beside(e: Evidence, theme: dict) -> tuple[str, Html]:
    """Return whether statistics agree with a theme (agree, disagree, silent), and the reason with a link to them.

    They agree where people call it a problem and the figure is worse than England's, or no problem and it is better;
    they disagree the other way round. A figure that is like England's, or has no interval, tells neither.
    """
    if not theme["indicators"]:
        return "silent", Html("No indicator covers it")
    found = [(bears, *_one(e, bears)) for bears in theme["indicators"] if bears["indicator"] in e.indicators]
    if not found:
        return "silent", Html("Its indicator is not in this edition")
    words = {word for _, word, _ in found}
    told = words - {"silent"}
    verdict = next(iter(told)) if len(told) == 1 else "silent"
    reasons = "; ".join(reason for _, _, reason in found)
    return verdict, Html(reasons + ("; they point both ways" if len(told) > 1 else ""))


def _one(e: Evidence, bears: dict) -> tuple[str, str]:
    record, latest = e.indicators[bears["indicator"]], e.latest(bears["indicator"])
    link = text(record["short_title"])
    if record["chapter"] in ("needs", "outcomes"):
        link = f'<a href="{record["chapter"]}.html#{text(bears["indicator"])}">{link}</a>'
    if not latest.period:
        return "silent", f"{link}: no figure for {text(e.name)}"
    value = f"{link}: {text(value_of(e, latest))} in {text(periods.label(latest.period))}"
    if latest.against_england not in (WORSE, BETTER):
        why = {"similar": "similar to England", "not compared": "not compared"}
        return "silent", f"{value}, {why.get(latest.against_england, f'{latest.against_england} than England')}"
    value += f", {latest.against_england} than England"
    if bears["says"] not in ("problem", "no problem"):
        return "silent", f"{value}; people said both" if bears["says"] == "mixed" else value
    agree = (bears["says"] == "problem") == (latest.against_england == WORSE)
    return "agree" if agree else "disagree", value


MARKS = {"agree": "● agree", "disagree": "◆ disagree", "silent": "○ silent"}


def _table(e: Evidence, compared: list[tuple[dict, tuple[str, Html]]], caption: str) -> str:
    rows = [
        [
            theme["theme"],
            f"fewer than {disclosure.MOST + 1}" if theme["people"] is None else f"{theme['people']:,}",
            Html(f"{MARKS[word]}: {reason}"),
            str(theme["groups"]),
            str(theme["sessions"]),
            str(theme["places"]),
            ", ".join(theme["methods"]),
        ]
        for theme, (word, reason) in compared
    ]
    head = ["Theme", "People, at least", "Statistics", "Groups", "Sessions", "Places", "How heard"]
    return tables.table(marked(e, caption), head, rows, numeric=(1, 3, 4, 5))


def help_themselves(e: Evidence) -> Html:
    """Return what people said would help them to help themselves, or that nobody asked."""
    found = of(e, "help themselves")
    if not found:
        return not_asked(e, f"what would help people in {e.name} to help themselves? No open data says it.")
    return Html(
        _chart(e, found, "Most widely named as a help")
        + _table(e, [(t, beside(e, t)) for t in found], "What people said would help them to help themselves")
    )


def strengths(e: Evidence) -> Html:
    """Return the strengths that people named, each beside its indicator, or that nobody asked."""
    found = of(e, "strength")
    if not found:
        return not_asked(e, f"which strengths do people in {e.name} see themselves? Statistics know only a few.")
    return Html(
        _chart(e, found, "Strengths named most widely")
        + _table(e, [(t, beside(e, t)) for t in found], "Strengths that people named, and what statistics say")
    )


def heard(e: Evidence) -> Html:
    """Return who was heard, how, and who was not; whether coders agree; and whether new themes still come."""
    own = content(e)
    if not own:
        return not_asked(e, f"no group of people in {e.name} has been listened to for this book.")
    parts = []
    for column, title in (("who", "Group"), ("place", "Place"), ("method", "How")):
        rows = [
            [row[column], str(row["sessions"]), disclosure.in_words(row["people"])]
            for row in own["heard"][f"by_{column}"]
        ]
        caption = f"Who was heard, by {title.lower() if column != 'method' else 'method'}"
        parts.append(
            tables.table(marked(e, caption), [title, "Sessions of two or more", "People, about"], rows, numeric=(1, 2))
        )
    refused = own["heard"]["without_consent"]
    said = (
        f" {_many(refused, 'session')} without consent {'is' if refused == 1 else 'are'} left out." if refused else ""
    )
    return Html(
        paragraph(_spoken(e) + said)
        + _unheard(e, own["not_heard"])
        + paragraph(_agreement(own["agreement"]))
        + _saturation(e, own["saturation"])
        + "<details><summary>Who was heard, by group, place and method</summary>"
        + "".join(parts)
        + "</details>"
    )


def _unheard(e: Evidence, rows: list[dict]) -> str:
    if not rows:
        return paragraph(
            "Who has not been heard is not said. There are always some: name them in the table not_heard.", "hb-gap"
        )
    given = [[row["who"], row["why"] or "not said", row["next_step"] or "no step yet"] for row in rows]
    return tables.table(marked(e, "Who has not been heard yet"), ["Group", "Why", "Next step"], given)


def _agreement(found: dict) -> str:
    if found["alpha"] is None or found["verdict"] == "cannot tell":
        return f"Do coders agree? {VERDICTS['cannot tell']} {_many(found['passages'], 'passage')} had two."
    return (
        f"Do coders agree? {_many(found['coders'], 'coder')} read {_many(found['passages'], 'passage')} apart from one another."
        f" Krippendorff's alpha is {found['alpha']:.2f} (95% interval {found['lower']:.2f} to {found['upper']:.2f}); 1 is full"
        f" agreement, 0 is chance. {VERDICTS[found['verdict']]}"
    )


def _saturation(e: Evidence, found: dict) -> str:
    sessions = found["sessions"]
    if not sessions:
        return ""
    last = sum(row["new"] for row in sessions[-2:])
    share = "" if found["share"] is None else f"{found['share']:.0%} of the {found['base']} themes of the first four"
    words = {
        "cannot tell": f"It cannot be told from {_many(len(sessions), 'session')} whether new themes still come: six with themes are needed",
        "heard": f"The last two sessions brought {last or 'no'} new themes ({share}): most that is there has been heard",
        "new ones still come": f"The last two sessions brought {last} new themes ({share}): it is too early to stop listening",
    }[found["verdict"]]
    values = [
        {
            "label": f"{i}. {month(row['month'])}",
            "value": row["new"],
            "short": str(row["new"]),
            "shown": f"{_many(row['new'], 'new theme')}, {row['themes']} so far",
            "known": True,
        }
        for i, row in enumerate(sessions, start=1)
    ]
    chart = charts.amounts(
        values, marked(e, words), marked(e, f"New themes by session in order of date. {words}."), unit_format="d"
    )
    rows = [[v["label"], str(row["new"]), str(row["themes"])] for v, row in zip(values, sessions, strict=True)]
    body = tables.table(
        marked(e, "New themes by session"), ["Session", "New themes", "Themes so far"], rows, numeric=(1, 2)
    )
    return chart + f"<details><summary>New themes by session</summary>{body}</details>"
