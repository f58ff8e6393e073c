"""A chart carries its data, its words, and nothing that could run; a missing year is a gap."""

from __future__ import annotations

import json
import re

import altair as alt
import numpy as np
import pandas as pd
import pytest
import yaml

from helpers import charts, paths


@pytest.fixture(scope="module")
def published():
    return lambda name: yaml.safe_load((paths.ROOT / "tests" / "published" / f"{name}.yml").read_text(encoding="utf-8"))


VALUES = [
    {"period": p, "who": w, "value": v, "shown": str(v)}
    for w, numbers in (("A", [1.0, None, 3.0]), ("England", [2.0, 2.0, 2.0]))
    for p, v in zip(["2019", "2020", "2021"], numbers, strict=True)
]


def spec(html):
    return json.loads(re.search(r'class="hb-spec">(.*?)</script>', html)[1])


def test_data_and_domain_are_in_the_specification():
    made = spec(charts.trend(VALUES, ["A", "England"], ["2019", "2020", "2021"], "c", "a", "pct"))
    lines = {"A": 0, "England": 1}
    assert made["data"]["values"] == [v | {"line": lines[v["who"]]} for v in VALUES]
    for layer in made["layer"]:
        assert layer["encoding"]["x"]["scale"]["domain"] == ["2019", "2020", "2021"]
    for layer in made["layer"][:2]:
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


def test_a_column_that_no_channel_uses_is_refused():
    """Altair writes the whole table it is given into the page: 401 people with their ids, for a count by ward."""
    people = pd.DataFrame({"ward": ["North"] * 3, "person": ["p1", "p2", "p3"], "note": ["a", "b", "c"]})
    chart = alt.Chart(people).mark_bar().encode(x="ward:N", y="count():Q")
    assert "p1" in json.dumps(chart.to_dict())
    with pytest.raises(ValueError, match="note, person, which it does not use"):
        charts.figure(chart, "c", "a")
    assert "p1" not in charts.figure(alt.Chart(people[["ward"]]).mark_bar().encode(x="ward:N", y="count():Q"), "c", "a")
    told = alt.Chart(people).mark_bar().encode(x="ward:N", tooltip=["person:N"]).transform_filter("datum.note != 'a'")
    assert charts.figure(told, "c", "a")


def test_the_same_chart_is_the_same_bytes_and_another_is_not():
    one, two = (charts.trend(VALUES, ["A", "England"], ["2019"], "c", "a", "pct") for _ in range(2))
    other = charts.trend([VALUES[0] | {"value": 9.0}], ["A", "England"], ["2019"], "c", "a", "pct")
    assert one == two
    assert re.search(r'id="([^"]+)"', one)[1] != re.search(r'id="([^"]+)"', other)[1]


def test_years_without_data_stay_in_the_domain():
    assert charts.every_period(["2016-09-01/P1Y", "2019-09-01/P1Y"])[1] == "2017-09-01/P1Y"
    assert charts.every_period(["2019-03-31", "2021-03-31"]) == ["2019-03-31", "2020-03-31", "2021-03-31"]


def test_a_gap_of_the_locality_is_marked_and_told():
    html = charts.trend(VALUES, ["A", "England"], ["2019", "2020", "2021"], "Up.", "A rose.", "pct")
    crosses = spec(html)["layer"][-1]
    assert [(row["period"], row["mark"]) for row in crosses["data"]["values"]] == [("2020", "×")]
    assert "<figcaption>Up. × marks a period without a value here.</figcaption>" in html
    assert 'aria-label="A rose. No value in: 2020."' in html
    whole = [v | {"value": 1.0} for v in VALUES]
    html = charts.trend(whole, ["A", "England"], ["2019", "2020", "2021"], "Up.", "A rose.", "pct")
    assert "×" not in html and len(spec(html)["layer"]) == 2


def test_an_alternative_that_only_repeats_the_caption_is_said_in_another_way():
    html = charts.bars([{"label": "a", "value": 1, "shown": "1"}], "Most is a.", "Most is a.")
    assert 'aria-label="Bar chart: Most is a."' in html
    assert 'aria-label="A is most."' in charts.bars(
        [{"label": "a", "value": 1, "shown": "1"}], "Most is a.", "A is most."
    )


PALETTE = {
    n: getattr(charts, n) for n in ("OWN", "ENGLAND", "PEERS", "EARLY", "LATE", "UNCLASSIFIED", "RANGE", "INK", "QUIET")
}
TOGETHER = [("OWN", "ENGLAND"), ("OWN", "PEERS"), ("ENGLAND", "PEERS"), ("EARLY", "LATE"), ("EARLY", "UNCLASSIFIED"),
            ("LATE", "UNCLASSIFIED")]  # fmt: skip


def channels(colour):
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def turned(colour):
    """What components.css does to a chart in the dark: invert(1), then the matrix of hue-rotate(180deg) of the W3C."""
    matrix = np.array([[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]])
    return np.clip(matrix @ (1 - colour), 0, 1)


def linear(colour):
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """The contrast ratio of WCAG 2.2."""
    dark, light = sorted(float(np.dot([0.2126, 0.7152, 0.0722], linear(c))) for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(light):
    """CIE L*a*b* of linear sRGB under D65."""
    xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    part = xyz @ light / np.array([0.95047, 1, 1.08883])
    f = np.where(part > 216 / 24389, np.cbrt(part), (24389 / 27 * part + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.fixture(scope="module")
def papers():
    """The colour of the page and of a card in light and in dark, read from the style sheet."""
    css = (paths.BOOK / "_assets" / "site.css").read_text()
    found = re.findall(r"--paper: (#[0-9a-f]{6})", css)
    assert len(found) == 2
    return dict(zip(("light", "dark"), map(channels, found), strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PALETTE)
def test_colours_of_charts_stand_out_from_the_paper(papers, name, scheme):
    colour = channels(PALETTE[name])
    shown = turned(colour) if scheme == "dark" else colour
    least = 4.5 if name in ("INK", "QUIET") else 3  # WCAG 2.2: 1.4.3 text, 1.4.11 graphical objects
    assert contrast(shown, papers[scheme]) >= least


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pair", TOGETHER, ids="-".join)
@pytest.mark.parametrize("vision", ["full", "protanopia", "deuteranopia", "tritanopia"])
def test_colours_side_by_side_differ_for_all_kinds_of_colour_vision(published, pair, vision, scheme):
    seen = []
    for name in pair:
        colour = channels(PALETTE[name])
        light = linear(turned(colour) if scheme == "dark" else colour)
        if vision != "full":
            light = np.clip(np.array(published("colour_vision")["matrices"][vision]) @ light, 0, 1)
        seen.append(lab(light))
    assert np.linalg.norm(seen[0] - seen[1]) >= 15  # 2.3 is what an eye can just tell


def test_no_other_module_has_colours_of_its_own():
    """One visual language: a colour is named in charts.py, or in a style sheet."""
    own = [p for p in (paths.ROOT / "src" / "helpers").rglob("*.py") if p.name not in ("charts.py", "svg.py")]
    faults = [f"{paths.shown(p)}: {c}" for p in own for c in re.findall(r"[\"']#[0-9a-fA-F]{3,8}[\"']", p.read_text())]
    assert faults == []
