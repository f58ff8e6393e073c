"""The pages on spend: real localities whose breaks, gaps and readings are known, and words that must not be there."""

from __future__ import annotations

import html
import json
import re

import pandas as pd
import pytest

from helpers import (
    accounts,
    breaks,
    bundles,
    charts_spend,
    council,
    evidence,
    given_need,
    overview,
    prevention,
    reconciled,
    settings,
    volumes,
)

TRAFFORD, MIDDLESBROUGH, LUTON, SURREY = "E08000009", "E06000002", "E06000032", "E10000030"
NORTH_YORKSHIRE, CUMBERLAND, SCILLY, SOMERSET = "E06000065", "E06000063", "E06000053", "E06000066"
ALL = [TRAFFORD, MIDDLESBROUGH, LUTON, SURREY, NORTH_YORKSHIRE, CUMBERLAND, SCILLY, SOMERSET]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("bundles")
    list(bundles.build(ALL, settings.load()["edition"], target))
    return target


@pytest.fixture
def load(folder, monkeypatch):
    monkeypatch.setattr(evidence.paths, "BUNDLES", folder)
    return lambda code=TRAFFORD, **changes: evidence.load(code, **settings.load() | changes)


def words(page: str) -> str:
    plain = re.sub(r"<script.*?</script>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", plain)).split())


def specs(page: str) -> list[dict]:
    return [json.loads(s) for s in re.findall(r'class="hb-spec">(.*?)</script>', page)]


def drawn(spec: dict) -> list[str]:
    """Return the words that stand inside a chart."""
    found = []
    for layer in spec["layer"]:
        field = layer["encoding"].get("text", {}).get("field")
        values = layer.get("data", spec.get("data", {})).get("values", [])
        found += [v[field] for v in values if field in v] if field else []
    return found


def pages(e) -> dict[str, str]:
    return {
        "chart": accounts.early_late_chart(e),
        "share": accounts.share_chart(e),
        "lines": accounts.line_table(e, "s251"),
        "prices": accounts.prices(e),
        "totals": reconciled.totals(e, "s251") + reconciled.totals(e, "ro3"),
        "two": reconciled.two_accounts(e),
        "need": given_need.given_need(e),
        "volumes": volumes.decomposition(e),
        "homes": prevention.homelessness(e),
        "adults": council.newest_lines(e, "ro3_adult_", "population_18_plus", "Adult social care"),
        "council": council.whole_council(e),
        "place": council.public_money(e),
        "overview": overview.pound(e),
    }


@pytest.mark.parametrize("code", ALL)
def test_no_page_claims_what_spend_cannot_show(load, code):
    for name, page in pages(load(code)).items():
        said = words(page).lower()
        for word in (r"\w*efficien\w*", r"ranks?", "league", "worst", "best", "saved", "caused", "nan"):
            assert not re.search(rf"\b{word}\b", said), (name, word)


# ---- breaks


def test_a_reorganisation_is_drawn_and_named(load):
    e = load(NORTH_YORKSHIRE)
    page = accounts.early_late_chart(e)
    assert "new council, 2023" in drawn(specs(page)[0])
    assert "Figures before 2023-24 are those of the county council of North Yorkshire" in words(page)
    assert "new council, 2023" in drawn(specs(accounts.share_chart(e))[0])
    whole = council.whole_council(e)
    assert "new council, 2023" in drawn(specs(whole)[1])
    assert "without the spending of its districts, so the two do not compare" in words(whole)
    assert "in 2021-22" not in words(whole)  # no sentence sets a year of the county against one of the council


def test_a_withheld_return_is_words_in_the_chart_and_never_a_column(load):
    spec = specs(accounts.early_late_chart(load(MIDDLESBROUGH)))[0]
    assert "no return" in drawn(spec)
    columns = [v for v in spec["layer"][0]["data"]["values"] if v["period"] == "2024-25"]
    assert len(columns) == 3 and all(v["value"] is None for v in columns)
    somerset = words(council.whole_council(load(SOMERSET)))
    assert "Not submitted by the council, or withheld: 2023-24" in somerset


def test_a_council_that_is_younger_than_the_series_has_no_past(load):
    page = accounts.early_late_chart(load(CUMBERLAND))
    assert "no such council yet" in drawn(specs(page)[0])
    assert "formed in April 2023, so there is no figure of its own before 2023-24" in words(page)


def test_a_provisional_year_carries_its_sign(load):
    page = council.whole_council(load())
    assert "p" in drawn(specs(page)[1])
    assert "p Provisional, and may be revised: 2023-24." in words(page)


def test_a_zero_is_marked_and_not_a_closure(load):
    page = accounts.early_late_chart(load())
    assert drawn(specs(page)[0]).count("*") == 5  # Trafford gave no spend on young people from 2016-17 to 2020-21
    assert "Services for young people (2016-17 to 2020-21)" in words(page)
    assert "a zero is no proof of closure" in words(page)


def test_a_line_that_is_missing_is_named_and_its_part_not_drawn(load):
    page = accounts.early_late_chart(load(LUTON))
    assert "†" in drawn(specs(page)[0])
    assert "no figure for youth justice" in words(page)
    values = {(v["period"], v["stage"]): v["value"] for v in specs(page)[0]["layer"][0]["data"]["values"]}
    assert values["2022-23", "Neither"] is None and values["2022-23", "Early"] > 0


# ---- reconciliation and real terms


def test_every_row_of_the_table_of_totals_adds_up_to_the_pound(load):
    for code in ALL:
        for account in ("s251", "ro3"):
            page = reconciled.totals(load(code), account)
            for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", page):
                cells = re.findall(r"<td[^>]*>(.*?)</td>", row)
                if "No value" in cells:
                    continue
                *parts, total = (int(c.replace("£", "").replace(",", "").replace("−", "-")) for c in cells)
                assert sum(parts) == total, (code, account, row)


def test_the_base_year_and_the_release_of_the_deflator_are_printed(load):
    said = words(accounts.prices(load(price_base_year="2019-20")))
    assert "prices of 2019-20" in said and "released 2025-06-30" in said and "pandemic" in said


def test_another_base_year_changes_pounds_by_the_deflator_and_no_share(load):
    new, old = load(), load(price_base_year="2016-17")
    ratio = old.deflator["2016-17"] / old.deflator["2024-25"]
    a, b = (accounts.lines(e, "s251") for e in (new, old))
    pd.testing.assert_series_equal(a["per_child"] * ratio, b["per_child"])
    pd.testing.assert_series_equal(a["value"], b["value"])  # cash stays cash
    pd.testing.assert_series_equal(
        accounts.by_year(new, "s251")["early_share"], accounts.by_year(old, "s251")["early_share"]
    )
    a, b = (council.services(e) for e in (new, old))
    pd.testing.assert_series_equal(a["per_head"] * ratio, b["per_head"])


def test_the_two_accounts_are_said_to_disagree_by_so_much(load):
    """£2,188,886 + £8,117,078 + £2,178,109 in one; £4,763,000 + £5,240,000 + £1,757,000 in the other: read by hand."""
    said = words(reconciled.two_accounts(load()))
    assert "In 2024-25, form RO3 gives £724,073 (6%) less for early help" in said


# ---- given need


def test_the_page_names_predictors_fit_and_the_reading(load):
    said = words(given_need.given_need(load(NORTH_YORKSHIRE)))
    assert "less than places with similar need" in said
    for part in (
        "children in income-deprived families",
        "R² =",
        "80% interval",
        "each left out of its own prediction",
        "over 149",
    ):
        assert part in said


def test_what_cannot_be_compared_says_why(load):
    assert "not compared in 2024-25, because in a county" in words(given_need.given_need(load(SURREY)))
    small = given_need.given_need(load(SCILLY))
    assert words(small).count("fewer than 20,000 people live here") == 3 and not specs(small)


# ---- volumes


def test_the_parts_make_the_change_on_the_page(load):
    e = load()
    years = volumes.yearly(e)
    assert years["children"].iloc[-1] == (377 + 353) / 2  # 31 March 2024 and 2025, read by hand
    assert years["cash"].iloc[-1] == 31_681_552
    bars = {v["label"]: v["value"] for v in specs(volumes.decomposition(e))[0]["data"]["values"]}
    assert bars["Number of children"] + bars["Cost of each child"] == bars["Change in all"]
    assert bars["Change in all"] == years["real"].iloc[-1] - years["real"].iloc[0]
    assert "is an average, and not what one child more or fewer would cost" in words(volumes.decomposition(e))


def test_without_two_years_it_says_what_is_missing(load):
    assert "cannot be said for Cumberland" in words(volumes.decomposition(load(CUMBERLAND)))


# ---- homelessness


def test_prevention_and_relief_are_shares_of_the_published_counts(load):
    """Trafford, October to December 2025: 214 households owed prevention and 137 relief, in the publisher's tables."""
    last = prevention.duties(load()).iloc[-1]
    assert (last["prevention"], last["relief"]) == (214, 137)
    assert last["share"] == pytest.approx(100 * 214 / 351)
    assert last["lower"] < last["share"] < last["upper"]
    assert last["england"] == pytest.approx(100 * 33_630 / (33_630 + 42_640), abs=0.05)  # England's rounded counts


def test_the_districts_of_a_county_are_counted(load):
    own = prevention.duties(load(SURREY)).set_index("period")
    assert own.at["2020-01-01/P3M", "coverage"] == "10 of 11 districts"
    assert "11 of 11 districts" in words(prevention.homelessness(load(SURREY)))


# ---- the whole place


def test_what_is_not_known_has_no_number(load):
    page = council.public_money(load())
    spec = specs(page)[0]
    unknown = [v for v in spec["data"]["values"] if v["known"] == "no"]
    assert len(unknown) == 4 and all(v["shown"] == "not known here" for v in unknown)
    assert not [v for v in spec["data"]["values"] if any(isinstance(x, int | float) for x in v.values())]
    assert "Not to scale" in words(page)
    assert "11 district councils" in words(council.public_money(load(SURREY)))


# ---- small pieces


def test_states_of_a_series():
    rows = pd.DataFrame(
        {
            "financial_year": ["2022-23", "2023-24", "2024-25"],
            "title": "A line",
            "status": ["not_submitted", "provisional", "final"],
            "value": [float("nan"), 0.0, 5.0],
        }
    )
    found = breaks.states(rows)
    assert [(b.year, b.kind, b.words) for b in found] == [("2022-23", "gap", "no return"), ("2023-24", "sign", "p *")]
    assert breaks.named([]) == ""


def test_the_scale_leaves_room_for_the_marks():
    page = charts_spend.stages(
        [{"period": "2024-25", "stage": "Early", "order": 0, "value": 100.0, "shown": "£100"}],
        ["2024-25"],
        ["Early"],
        [],
        "c",
        "a",
    )
    assert specs(page)[0]["layer"][0]["encoding"]["y"]["scale"]["domain"][1] > 110
