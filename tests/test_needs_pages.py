"""The needs chapter as a reader meets it: its words and its tables agree, places differ, and it stands without money."""

from __future__ import annotations

import ast
import dataclasses
import html
import itertools
import json
import math
import re
import shutil

import jupytext
import numpy as np
import pandas as pd
import pytest

from helpers import bundles, cards, catalogue, demand, evidence, geography, paths, settings, spine, standout
from helpers.rules import needs as rule
from helpers.wording import Html
from repository import GOLDEN

ENGLISH, ELSEWHERE = GOLDEN[:5], GOLDEN[5:]
CODES = dict(
    zip(
        GOLDEN, ("E08000009", "E06000053", "E06000064", "E08000039", "E06000002", "W06000015", "S12000023"), strict=True
    )
)
NUMBER = re.compile(r"(?<![\w.])[−-]?£?\d[\d,]*(?:\.\d+)?%?")
TABLE = re.compile(r'<div class="hb-table".*?</table></div>', re.DOTALL)
WORDS = re.compile(r"<(p|figcaption|li)\b[^>]*>(.*?)</\1>", re.DOTALL)
CARD = re.compile(r'<article class="hb-card".*?</article>', re.DOTALL)
GAP = re.compile(
    r'<p class="hb-gap">.*?</p>|<section class="hb-absent">.*?</section>', re.DOTALL
)  # says that there is no figure: nothing to be found
PROSE = ("95% interval", "99.8% limits")  # names, not figures


def chapter(e: evidence.Evidence, only: str = "") -> dict[str, str]:
    """Run the code of 10_needs for one locality as a notebook does; return {the code's last line: its HTML}."""
    notebook = jupytext.read(paths.NOTEBOOKS / "10_needs.md")
    p = e.place
    names: dict = {"area_code": p["area_code"], "edition": p["edition"], "comparator_set": e.comparator_set}
    names["price_base_year"] = e.price_base_year
    shown = {}
    for cell in notebook.cells:
        if cell.cell_type != "code" or "parameters" in cell.metadata.get("tags", []):
            continue
        tree = ast.parse(cell.source)
        last = tree.body.pop()
        exec(compile(tree, "needs", "exec"), names)
        line = ast.unparse(last)
        if only and only not in line:
            continue
        shown[line] = eval(line, names)
    return shown


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("bundles")
    list(bundles.build(CODES.values(), settings.load()["edition"], target))
    return target


@pytest.fixture(scope="module")
def pages(folder):
    """The sections of the chapter for each golden locality."""
    kept, paths.BUNDLES = paths.BUNDLES, folder
    try:
        yield {slug: chapter(evidence.load(code, **settings.load())) for slug, code in CODES.items()}
    finally:
        paths.BUNDLES = kept


def ours(sections: dict[str, str]) -> dict[str, str]:
    """Return the sections of this chapter's own modules, without the cards: each has its own table and tests."""
    mine = ("standout", "peer_sets", "spine", "demand", "factors")
    return {line: CARD.sub("", out) for line, out in sections.items() if line.split(".")[0] in mine}


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", markup))


def numbers(words: str) -> set[str]:
    for name in PROSE:
        words = words.replace(name, "")
    return {n.strip("£%").rstrip(",").lstrip("−-").replace(",", "") for n in NUMBER.findall(words)}


@pytest.mark.parametrize("slug", GOLDEN)
def test_every_number_in_a_sentence_stands_in_a_table_beneath(pages, slug):
    checked = 0
    for line, out in ours(pages[slug]).items():
        tables = " ".join(plain(t) for t in TABLE.findall(out))
        told = " ".join(plain(words) for _, words in WORDS.findall(GAP.sub("", TABLE.sub("", out))))
        absent = numbers(told) - numbers(tables)
        assert not absent, f"{line}: {sorted(absent)} stand in a sentence and in no table"
        checked += len(numbers(told))
    least = {"isles-of-scilly": 15, "cardiff": 0, "orkney-islands": 20}  # Cardiff differs clearly in nothing
    assert checked >= least.get(slug, 40)


@pytest.mark.parametrize("slug", ENGLISH)
def test_every_chart_has_its_finding_and_its_table(pages, slug):
    charts = 0
    for line, out in ours(pages[slug]).items():
        for figure in re.findall(r'<figure class="hb-chart".*?</figure>', out, flags=re.DOTALL):
            caption = re.search(r"<figcaption>(.*?)</figcaption>", figure).group(1)
            label = re.search(r'aria-label="(.*?)"', figure).group(1)
            assert caption.strip() and caption.rstrip(".") in label, line
            charts += 1
        if "hb-chart" in out:
            assert "<table>" in out, line
    assert charts > 10


@pytest.mark.parametrize("slug", ("trafford", "isles-of-scilly", "cardiff"))
@pytest.mark.parametrize("part", ("needs", "outcomes"))
def test_every_number_of_a_card_s_chart_is_in_the_table_of_the_card(folder, monkeypatch, slug, part):
    monkeypatch.setattr(paths, "BUNDLES", folder)
    e = evidence.load(CODES[slug], **settings.load())
    drawn = 0
    for theme in dict.fromkeys(e.indicators[i]["theme"] for i in e.select(part)):
        for card in CARD.findall(cards.theme(e, part, theme)):
            figure = re.search(r'<figure class="hb-chart".*?</figure>', card, flags=re.DOTALL)
            if not figure:
                continue
            spoken = html.unescape(re.search(r'aria-label="(.*?)"', figure.group()).group(1))
            caption = plain(re.search(r"<figcaption>(.*?)</figcaption>", figure.group()).group(1))
            (table,) = TABLE.findall(card)
            absent = numbers(f"{spoken} {caption}") - numbers(plain(table))
            assert not absent, f"{spoken}: {sorted(absent)} are not in its table"
            drawn += 1
    assert drawn >= 5


def test_two_places_differ_where_their_figures_differ(pages, folder):
    """Guards against a page that shows the chart of the place before it."""
    series = {s: pd.read_csv(folder / s / "series.csv").set_index(["indicator", "period"])["value"] for s in GOLDEN}
    for one, other in itertools.combinations(GOLDEN, 2):
        assert not series[one].equals(series[other])
        for line, out in ours(pages[one]).items():
            assert out != pages[other][line], f"{line} is the same for {one} and {other}"
    names = {s: json.loads((folder / s / "place.json").read_text())["name"] for s in GOLDEN}
    for own in GOLDEN:
        for out in ours(pages[own]).values():
            titles = plain(" ".join(re.findall(r"<(?:fig)?caption>.*?</(?:fig)?caption>", out)))
            assert not [n for slug, n in names.items() if slug != own and n in titles], own


@pytest.mark.parametrize("slug", GOLDEN)
def test_strengths_take_as_much_room_as_needs(pages, slug):
    """What a reader sees without unfolding anything; the place with the most needs has the least room to spare."""
    folded = re.compile(r"<details.*?</details>", re.DOTALL)
    needs, strengths = (
        len(plain(folded.sub("", pages[slug][f"standout.{part}(e)"])).split()) for part in ("needs", "strengths")
    )
    assert strengths > 0.75 * needs, (needs, strengths)


@pytest.mark.parametrize("slug", ENGLISH)
def test_a_theme_without_a_chart_says_its_figures(pages, slug):
    """England has no deprivation score of its own, so there is nothing to draw around."""
    found = pages[slug]["spine.theme(e, 'needs', 'people')"]
    assert "hb-chart" not in CARD.sub("", found)
    assert found.startswith("<ul><li>") and "of 10 have data)" in plain(found.split("</ul>")[0])


def test_what_no_assessment_named_is_not_among_what_was_named_most(pages):
    caption = re.search(r"<figcaption>(.*?)</figcaption>", pages["isles-of-scilly"]["factors.show(e)"]).group(1)
    assert "most often named neglect (21.2%)." in caption and "(0.0%)" not in caption


def test_each_theme_has_a_pair_or_a_reason(pages):
    paired = {catalogue.indicators()[i].theme for p in demand.PAIRS for i in (p.early, p.late)}
    themes = {i.theme for i in catalogue.indicators().values() if i.chapter == "needs"} - {"people"}
    assert paired | set(demand.NO_PAIR) == themes and not paired & set(demand.NO_PAIR)
    said = plain(pages["trafford"]["demand.pairs(e)"])
    assert all(p.name in said for p in demand.PAIRS) and all(why in said for why in demand.NO_PAIR.values())


def test_a_figure_far_beyond_chance_is_listed_whatever_is_made_of_it(folder, monkeypatch):
    monkeypatch.setattr(paths, "BUNDLES", folder)
    e = evidence.load(CODES["middlesbrough"], **settings.load())
    thresholds = {k: v["value"] for k, v in catalogue.thresholds().items()}
    unsure = next(j for j in rule.judged(e, thresholds) if 0.5 < j.worse < thresholds["needs_probability"])
    link = f'#{unsure.latest.id}">'
    listed = re.compile(rf"Beyond the 99.8% limits.*?<ul>(?:(?!</ul>).)*{re.escape(link)}", re.DOTALL)
    assert not listed.search(standout.needs(e))
    rows = e.standing.copy()
    rows.loc[rows["indicator"] == unsure.latest.id, "p_value"] = 0.001
    assert listed.search(standout.needs(dataclasses.replace(e, standing=rows)))


def test_a_strength_is_named_outside_england_by_the_same_rule_as_a_need(pages, folder, monkeypatch):
    """Orkney: in work, content, and long in good health beside Scotland, each by an interval that leaves it out."""
    monkeypatch.setattr(paths, "BUNDLES", folder)
    e = evidence.load(CODES["orkney-islands"], **settings.load())
    said = pages["orkney-islands"]["standout.strengths(e)"]
    latest = e.latest("employment_rate")
    assert latest.lower > latest.benchmark and latest.value > latest.median and latest.benchmark_of == "Scotland"
    assert "employment_rate" in said and "same rule turned round" in said
    needs = pages["orkney-islands"]["standout.needs(e)"]
    assert "employment_rate" not in needs and "lies wholly on the worse side of Scotland" in needs


@pytest.mark.parametrize("slug", ELSEWHERE)
def test_outside_england_gaps_are_said_once_with_their_reason(pages, slug):
    for line in ("demand.pairs(e)", "demand.returns(e)", "factors.show(e)"):
        gaps = GAP.findall(pages[slug][line])
        assert len(gaps) == 1 and "not collected here: the publisher" in plain(gaps[0]), line
    stages = pages[slug]["spine.life_stages(e)"]
    counts = re.findall(r'<th scope="row">([\w ]+)</th>((?:<td class="hb-number">\w+</td>)+)', stages)
    assert [stage for stage, _ in counts] == [s.capitalize() for s in spine.STAGES]
    assert any(int(n) for _, cells in counts for n in re.findall(r">(\d+)<", cells)[:5])


def test_a_chart_holds_the_figures_of_its_own_place(pages, folder):
    for slug, code in CODES.items():
        e = evidence.load(code, **settings.load())
        latest = e.latest("children_in_need")
        if not latest.period:
            continue
        shown = f"{latest.value:,.1f} per 10,000"
        assert shown in plain(pages[slug]["spine.theme(e, 'needs', 'family')"]), slug


def test_the_chapter_run_twice_or_after_another_is_the_same(folder, monkeypatch):
    monkeypatch.setattr(paths, "BUNDLES", folder)
    first = chapter(evidence.load("E08000009", **settings.load()))
    chapter(evidence.load("E06000002", **settings.load()))
    assert chapter(evidence.load("E08000009", **settings.load())) == first


def without_spend(source, target):
    """Copy figures without one row or file of money."""
    shutil.copytree(source, target)
    indicators = catalogue.indicators().values()
    spend = {i.id for i in indicators if i.chapter == "spend"}
    holds_more = {i.source for i in indicators if i.chapter != "spend"}
    for path in target.glob("*.csv"):
        if path.stem in {i.source for i in indicators if i.chapter == "spend"} - holds_more or path.stem.endswith(
            ("-payments", "-grants")
        ):
            path.unlink()
        elif path.stem in holds_more:
            rows = pd.read_csv(path, dtype=str, keep_default_na=False)
            rows[~rows["indicator"].isin(spend)].to_csv(path, index=False, lineterminator="\n")
    left = pd.concat(
        [pd.read_csv(p, dtype=str, usecols=["indicator"]) for p in target.glob("*.csv") if p.stem in holds_more]
    )
    assert not set(left["indicator"]) & spend


def test_the_chapter_stands_with_every_figure_of_spend_deleted(tmp_path, monkeypatch):
    without_spend(paths.FIGURES, tmp_path / "figures")
    list(bundles.build(["E06000002"], settings.load()["edition"], tmp_path / "b", tmp_path / "figures"))
    monkeypatch.setattr(paths, "BUNDLES", tmp_path / "b")
    e = evidence.load("E06000002", **settings.load())
    assert not e.latest("unit_cost_looked_after").period
    sections = chapter(e)
    pairs = plain(sections["demand.pairs(e)"])
    assert "not known: no figure for this place" in pairs and "£" not in pairs
    for line, out in ours(sections).items():
        assert len(out) > 200, line


def noise(source, target, seed: int):
    """Copy figures with every value of needs and outcomes that has an interval made equal everywhere, but for chance."""
    shutil.copytree(source, target)
    random = np.random.default_rng(seed)
    for path in target.glob("*.csv"):
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        if "area_code" not in rows or "indicator" not in rows or "lower" not in rows:
            continue
        for column in ("value", "lower", "upper", "count", "denominator"):
            rows[column] = pd.to_numeric(rows[column])
        known = (
            rows["indicator"].map(lambda i: getattr(catalogue.indicators().get(i), "chapter", "")).isin(rule.CHAPTERS)
        )
        proportion = {i.id for i in catalogue.indicators().values() if i.method == "proportion"}
        england = rows[rows["area_code"] == "E92000001"].set_index(["indicator", "period"])
        england = england[~england.index.duplicated()]
        keys = pd.MultiIndex.from_frame(rows[["indicator", "period"]])
        middle = england["value"].reindex(keys).to_numpy()
        share = (england["count"] / england["denominator"]).reindex(keys).to_numpy()
        counted = known & rows["count"].notna() & (rows["denominator"] > 0) & ~np.isnan(share) & rows["lower"].isna()
        size = rows["denominator"].fillna(0).to_numpy()
        part = rows["indicator"].isin(proportion).to_numpy()
        drawn = np.where(
            part,
            random.binomial(size.astype(int), np.nan_to_num(share).clip(0, 1)),
            random.poisson(size * np.nan_to_num(share)),
        )
        others = rows["area_code"] != "E92000001"
        rows.loc[counted & others, "count"] = drawn[(counted & others).to_numpy()]
        rows.loc[counted & others, "value"] = np.nan
        scale = rows["unit"].map({"pct": 100, "per_1k": 1e3, "per_10k": 1e4, "per_100k": 1e5})
        rows["value"] = (
            rows["value"]
            .fillna(scale * rows["count"] / rows["denominator"])
            .where(rows["status"].isin(["final", "provisional", "revised"]))
        )
        limits = known & others & rows["lower"].notna() & ~np.isnan(middle)
        half = (rows["upper"] - rows["lower"]) / 2
        moved = middle + half / 1.96 * random.standard_normal(len(rows))
        for column, way in (("value", 0), ("lower", -1), ("upper", 1)):
            rows.loc[limits, column] = (moved + way * half)[limits]
        rows.to_csv(path, index=False, lineterminator="\n")


def test_on_pure_noise_the_chapter_names_no_more_needs_than_its_rate(tmp_path, monkeypatch):
    noise(paths.FIGURES, tmp_path / "figures", seed=11)
    codes = geography.register().england["area_code"].tolist()
    list(bundles.build(codes, settings.load()["edition"], tmp_path / "b", tmp_path / "figures"))
    monkeypatch.setattr(paths, "BUNDLES", tmp_path / "b")
    with_one, quiet = [], ""
    thresholds = {k: v["value"] for k, v in catalogue.thresholds().items()}
    for code in codes:
        e = evidence.load(code, **settings.load())
        found = rule.priorities(e, thresholds)
        with_one.append(bool(found))
        quiet = quiet or ("" if found else code)
    rate = thresholds["needs_false_discovery"]
    assert len(with_one) == 153
    assert np.mean(with_one) <= rate + 3 * np.sqrt(rate * (1 - rate) / 153), np.mean(with_one)
    said = chapter(evidence.load(quiet, **settings.load()), "standout.needs")["standout.needs(e)"]
    assert "No figure here shows a priority need" in said and isinstance(said, Html)


def test_both_neighbour_sets_are_printed_and_a_median_needs_five(pages, folder, monkeypatch):
    monkeypatch.setattr(paths, "BUNDLES", folder)
    e = evidence.load("E08000009", **settings.load())
    said = plain(pages["trafford"]["peer_sets.sets(e)"])
    members = [{n["name"] for n in e.place["neighbours"][s]} for s in ("dfe", "ons")]
    assert f"{len(members[0] & members[1])} are in both" in said
    assert all(name in said for name in members[0] | members[1])
    every = [pair for indicator in e.indicators for pair in evidence.beside(e, indicator).values()]
    few = [median for median, n in every if n < 5]
    assert len(few) > 10 and all(math.isnan(median) for median in few)
    assert sum(not math.isnan(median) for median, n in every if n >= 5) > 500
    assert "10 of 10" in plain(pages["trafford"]["spine.theme(e, 'needs', 'family')"])
