"""Programmes of a locality's pack, as a reader of the page on outcomes sees them: who got in, what changed, what it cost."""

from __future__ import annotations

from . import charts_programmes, disclosure, tables
from .evidence import Evidence
from .participants import BANDS
from .programmes_words import fictional, finding, level, signed
from .wording import Html, listed, money, paragraph, text

NOTHING = "No programme here publishes who took part, what changed for them and what it cost, so this cannot be said from open data."
WITHHELD = (
    "The pack of {name} has rows about people, and its data controller has not agreed that results from them be published."
    " So this page cannot say who went through which gate, what changed or what an outcome cost."
)
GATES = {"eligible": "Eligible", "referred": "Referred", "enrolled": "Started", "completed": "Finished"}
PAID = {
    "grant": "paid by a grant",
    "block": "paid as a block",
    "results": "paid by results",
    "none": "not paid for by contract",
    "not known": "how it is paid is not known",
}
COSTS = {
    "person": "person who started",
    "reported": "good outcome that was reported",
    "verified": "reported outcome that would stand, going by the audit",
    "additional": "good outcome more than in the comparison group",
}


def content(e: Evidence) -> dict:
    """Return what the analysis of programmes gave; {} where the locality supplied none."""
    return e.local.get("programmes", {})


def programmes(e: Evidence) -> Html:
    """Return each programme: who got in, what changed and how surely, what it cost; or that nothing is published."""
    rows = content(e).get("rows", [])
    if not rows:
        return Html(paragraph(NOTHING, "hb-gap") + _how(e))
    held = paragraph(WITHHELD.format(name=e.name), "hb-gap") if "participants" in e.local.get("withheld", []) else ""
    told = [row["name"] for row in rows if (row["level"] or 0) >= 3]
    lead = f"{e.name}'s own pack has {_many(len(rows), 'programme')}."
    if told:
        lead += f" For {len(told)} there is a fair comparison, so that something can be said of the difference that it made."
    else:
        lead += " For none is a fair comparison shown, so nothing can be said of the difference that it made."
    if len(told) < len(rows):
        lead += f" For the {'others' if told else 'time being'} this page says what was reported, and what is missing."
    return Html(fictional(e) + held + paragraph(lead) + _summary(rows) + "".join(one(row) for row in rows))


def _how(e: Evidence) -> str:
    return paragraph(
        f"To add programmes, run handbook new-pack {e.place['slug']}, and fill in the tables of programmes, programme_costs and"
        " participants. Rows about people stay on that machine: counts of fewer than 8 people are not shown, and others are rounded.",
        "hb-source",
    )


def _many(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def _summary(rows: list[dict]) -> str:
    body = []
    for row in rows:
        reach = row.get("reach_ratio", {})
        each = next((r["value"] for r in row["cost"]["rows"] if r["what"] == "person"), None)
        body.append(
            [
                row["name"],
                "no figures" if row["level"] is None else f"{row['level']} of 5",
                "not known"
                if reach.get("value") is None
                else f"{reach['value']:.2f} ({reach['lower']:.2f} to {reach['upper']:.2f})",
                "not known" if each is None else money(each),
            ]
        )
    head = [
        "Programme",
        "Level of evidence",
        "Reach to high need, 1 is even (95% interval)",
        "Cost of each person who started",
    ]
    return tables.table("Programmes here, by name", head, body, numeric=(1, 2, 3), file="programmes")


def one(row: dict) -> Html:
    """Return one programme. `row`: of helpers.programmes.results."""
    about = [f"For {_lower(row['who_for'])}." if row["who_for"] else ""]
    about.append(
        {"": "Who runs it is not said.", "several": "Run by several providers."}.get(
            row["provider"], f"Run by {row['provider']}."
        )
    )
    paid, share = PAID.get(row["payment"], PAID["not known"]), row.get("payment_share_pct")
    paid += f" ({share:g}% of the payment)" if row["payment"] == "results" and share is not None else ""
    about.append(f"Funded by {row['funder']}, {paid}." if row["funder"] else f"Who pays for it is not said; {paid}.")
    about.append("It must be offered by law." if row["statutory"] else "")
    parts = [
        f'<h3 id="programme-{text(row["id"])}">{text(row["name"])}</h3>',
        paragraph(" ".join(a for a in about if a)),
    ]
    if not row["flow"]:
        spent = row["cost"]["spent"]
        cost = f" It cost {money(spent)} in {listed(row['cost']['years'])}." if spent else ""
        parts.append(
            paragraph(
                f"Nothing about the people in it is published, so nothing can be said of what it does.{cost}", "hb-gap"
            )
        )
        return Html("".join(parts))
    parts += [
        f'<p class="hb-lead">{text(finding(row))}</p>',
        _doubt(row),
        paragraph(level(row)),
    ]
    (flow, at_gates), (effect, differences), (cost, costs) = _flow(row), _effect(row), _cost(row)
    return Html("".join([*parts, flow, effect, _lost(row), cost, at_gates, differences, costs]))


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _doubt(row: dict) -> str:
    """Say beside the finding that its figures are in doubt, where checks raise a flag on them."""
    if row["integrity"] != "fails":
        return ""
    said = (
        f"Its figures are in doubt: {row['integrity_why']}. Until that is explained, read every number here as a claim."
    )
    return paragraph(said, "hb-gap")


def _flow(row: dict) -> tuple[str, str]:
    flow = row["flow"]
    bands = [b for b in BANDS if b in flow[0]]
    values = []
    for step in flow:
        for band in bands:
            first, there = flow[0][band], step[band]
            if first and there is not None:
                share = min(100, round(100 * there / first))
                shown = f"{there:,} of {first:,}, {share}%"
                values.append(
                    {
                        "gate": GATES[step["gate"]],
                        "who": charts_programmes.NEED[band][0],
                        "value": share,
                        "shown": shown,
                    }
                )
    at = {(v["who"], v["gate"]): v["value"] for v in values}
    started = [(b, at.get((charts_programmes.NEED[b][0], GATES["enrolled"]))) for b in ("high", "low")]
    if None not in (share for _, share in started):
        caption = f"Of every 100 eligible people with high need {started[0][1]} started; of those with low need {started[1][1]}"
    else:
        caption = "How many went through each gate; where people are few, no share is shown"
    reach = row["reach_ratio"]
    if reach["value"] is None:
        words = f"Reach to those with most need cannot be told: {reach['why']}."
    else:
        part = (
            "less often than"
            if reach["upper"] < 1
            else "more often than"
            if reach["lower"] > 1
            else "about as often as"
        )
        words = (
            f"People with high need got in {part} others: their share of those who started is {reach['value']:.2f} times their share of"
            f" those eligible (95% interval {reach['lower']:.2f} to {reach['upper']:.2f}; 1 is even)."
        )
    chart = (
        charts_programmes.gates(
            values,
            list(GATES.values()),
            [b for b in bands if any(v["who"] == charts_programmes.NEED[b][0] for v in values)],
            caption,
            f"{caption}. {words}",
        )
        if values
        else ""
    )
    head = ["Gate", *(charts_programmes.NEED[b][0] for b in bands), "All"]
    body = [
        [GATES[s["gate"]], *(disclosure.in_words(s[b]) for b in bands), disclosure.in_words(s["all"])] for s in flow
    ]
    name = f"{row['name']}: people at each gate, by need"
    table = tables.table(name, head, body, numeric=range(1, len(head)), file=f"{row['id']} gates")
    return chart + paragraph(words), f"<details><summary>People at each gate</summary>{table}</details>"


def _effect(row: dict) -> tuple[str, str]:
    """Return an effect with its interval beside what the people who were lost could make of it."""
    effect, lost = row["effect"], row["attrition"]
    if effect.get("value") is None or "lee" not in lost:
        return "", ""
    bounds, share, widest = lost["lee"], row["difference"], lost.get("manski")
    rows = [("As estimated, with|its 95% interval", effect["lower"], effect["upper"], effect["value"])]
    if bounds["lower"] is not None:
        rows.append(("Whoever of the groups|was lost", bounds["lower"], bounds["upper"], None))
    values = [
        {"label": n, "low": low, "high": high, "value": v, "shown": f"{signed(low)} to {signed(high)}"}
        for n, low, high, v in rows
    ]
    holds = bounds["lower"] is not None and bounds["lower"] > 0 and effect["lower"] > 0
    caption = (
        "The difference stays on the good side, even allowing for the people who were lost"
        if holds
        else "The difference is not sure to be on the good side once the people who were lost are allowed for"
    )
    body = [
        [n.replace("|", " "), "points of the measure", "–" if v is None else signed(v), signed(low), signed(high)]
        for n, low, high, v in rows
    ]
    if share.get("value") is not None:
        what = "percentage points of people with a good outcome"
        body.append(["Good outcomes, as estimated", what, *(signed(share[k]) for k in ("value", "lower", "upper"))])
        if widest and widest["lower"] is not None:
            body.append(
                [
                    "Good outcomes, if nothing is known of the lost",
                    what,
                    "–",
                    *(signed(widest[k], 0) for k in ("lower", "upper")),
                ]
            )
    table = tables.table(
        f"{row['name']}: difference from the comparison group", ["What", "Unit", "Value", "Lower", "Upper"], body, numeric=(2, 3, 4),
        file=f"{row['id']} effect",
    )  # fmt: skip
    how = (
        f"{disclosure.in_words(effect['helped'])} people helped and {disclosure.in_words(effect['compared'])} compared with, alike to"
        f" within {effect['apart']:.2f} standard deviations in what was known before. A good outcome is {row['good']}. Method: augmented"
        " inverse probability weighting; Lee's bounds for the lost, once need and the measure before are allowed for."
    )
    chart = charts_programmes.ranges(values, "points, good is positive", caption, f"{caption}. {finding(row)}")
    return chart, f"<details><summary>Difference in numbers</summary>{table}{paragraph(how, 'hb-source')}</details>"


def _lost(row: dict) -> str:
    lost = row["attrition"]
    helped, bounds = lost["helped"], lost["good_bounds"]
    if helped["pct"] is None:
        return paragraph(
            "How many were lost before the second measure is not shown: there are too few people.", "hb-gap"
        )
    words = f"{helped['pct']:.0f}% of {helped['of']:,} people have no measure afterwards"
    if lost["compared"] and lost["compared"]["pct"] is not None:
        words += f", and {lost['compared']['pct']:.0f}% of {lost['compared']['of']:,} in the comparison group"
    words += "."
    chosen = row["level"] < 3 and row["before_after"]["why"]  # then a share that got better would mislead
    if bounds["lower"] is not None and lost["good"]["pct"] is not None and not chosen:
        words += (
            f" Of those measured {lost['good']['pct']:.0f}% had a good outcome ({row['good']}); if all who were lost did badly it is"
            f" {bounds['lower']:.0f}%, and if all did well {bounds['upper']:.0f}%."
        )
    return paragraph(words)


def _cost(row: dict) -> tuple[str, str]:
    cost = row["cost"]
    if not cost["rows"]:
        return paragraph(
            f"What an outcome cost cannot be told: {cost.get('why') or 'no costs are given'}.", "hb-gap"
        ), ""
    body = []
    for item in cost["rows"]:
        if item["value"] is None:
            limits = ["not known", "not known", "no upper limit"]
        elif item["what"] == "person":
            limits = [money(item["value"]), "a count, no interval", "a count, no interval"]
        else:
            limits = [
                money(item["value"]),
                money(item["lower"]),
                "no upper limit" if item["upper"] is None else money(item["upper"]),
            ]
        body.append([f"Each {COSTS[item['what']]}", *limits])
    last = cost["rows"][-1]
    words = f"It cost {money(cost['spent'])} in {listed(cost['years'])}, cash, for about {cost['people']:,} people who started."
    if last["value"] is not None and last["what"] != "person":
        top = "no upper limit can be given" if last["upper"] is None else f"up to {money(last['upper'])}"
        words += f" Each {COSTS[last['what']]} cost {money(last['value'])} (95% interval from {money(last['lower'])}, {top})."
    name = f"{row['name']}: pounds for each person and outcome"
    table = tables.table(name, ["For", "Pounds", "Lower", "Upper"], body, numeric=(1, 2, 3), file=f"{row['id']} cost")
    return paragraph(words), f"<details><summary>Costs</summary>{table}</details>"
