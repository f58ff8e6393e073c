"""A chart carries its data, its words, and nothing that could run; a missing year is a gap."""

from __future__ import annotations

import json
import re

import altair as alt
import pytest

from helpers import charts

VALUES = [
    {"period": p, "who": w, "value": v, "shown": str(v)}
    for w, numbers in (("A", [1.0, None, 3.0]), ("England", [2.0, 2.0, 2.0]))
    for p, v in zip(["2019", "2020", "2021"], numbers, strict=True)
]


def spec(html):
    return json.loads(re.search(r'class="hb-spec">(.*?)</script>', html)[1])


def test_data_and_domain_are_in_the_specification():
    made = spec(charts.trend(VALUES, ["A", "England"], ["2019", "2020", "2021"], "c", "a", "pct"))
    assert made["data"]["values"] == VALUES
    for layer in made["layer"]:
        assert layer["encoding"]["x"]["scale"]["domain"] == ["2019", "2020", "2021"]
        assert layer["encoding"]["color"]["scale"]["domain"] == ["A", "England"]
    alt.LayerChart.from_dict(made)  # raises where it is not a specification that Altair knows


@pytest.mark.parametrize("attack", ["</script><script>x()</script>", "<!--", '"><img src=x>'])
def test_text_from_data_cannot_leave_the_specification(attack):
    values = [VALUES[0] | {"who": attack}]
    html = charts.trend(values, [attack], ["2019"], attack, attack, "pct")
    body = re.search(r'<script type="application/json" class="hb-spec">(.*)</script></figure>$', html)[1]
    assert "<" not in body
    assert json.loads(body)["data"]["values"][0]["who"] == attack
    assert html.count("<script") == 1


def test_the_same_chart_is_the_same_bytes_and_another_is_not():
    one, two = (charts.trend(VALUES, ["A", "England"], ["2019"], "c", "a", "pct") for _ in range(2))
    other = charts.trend([VALUES[0] | {"value": 9.0}], ["A", "England"], ["2019"], "c", "a", "pct")
    assert one == two
    assert re.search(r'id="([^"]+)"', one)[1] != re.search(r'id="([^"]+)"', other)[1]


def test_years_without_data_stay_in_the_domain():
    assert charts.every_period(["2016-09-01/P1Y", "2019-09-01/P1Y"])[1] == "2017-09-01/P1Y"
    assert charts.every_period(["2019-03-31", "2021-03-31"]) == ["2019-03-31", "2020-03-31", "2021-03-31"]


def contrast(colour, paper="#ffffff"):
    """The contrast ratio of WCAG 2.2."""

    def luminance(text):
        parts = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(colour), luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", [charts.OWN, charts.ENGLAND, charts.PEERS, charts.EARLY, charts.LATE])
def test_lines_and_columns_stand_out_from_the_paper(colour):
    assert contrast(colour) >= 3  # WCAG 2.2, 1.4.11: graphical objects
