"""The reader of population by single year of age, against the totals of the Office for National Statistics."""

from __future__ import annotations

import pytest

import tiny
from helpers import catalogue, geography
from helpers.readers import population
from helpers.schemas import FIGURES, DataError, validate

SOURCE = "ons-population-mid2023"


@pytest.fixture(scope="module")
def reading(raw):
    own = [i for i in catalogue.indicators().values() if i.source == SOURCE]
    return population.read(raw / SOURCE, catalogue.sources()[SOURCE], own, geography.register())


@pytest.fixture(scope="module")
def figures(reading):
    return reading.figures.set_index(["indicator", "area_code"])["value"].sort_index()


def test_every_row_of_the_real_file_is_accounted_for(reading):
    validate(reading.figures, FIGURES, SOURCE)
    # 360 areas of the United Kingdom, three indicators; 64 areas lie outside England
    assert reading.considered == 3 * 360
    assert reading.dropped == {population.OUTSIDE: 3 * 64}
    assert set(reading.figures["period"]) == {"2023-06-30"}


def test_the_areas_add_up_to_englands_published_population(figures):
    assert figures["population_all_ages"].sum() == 57_690_323  # ONS, mid-2023 population of England
    assert figures[("population_all_ages", "E08000009")] == 237_480  # Trafford, read by eye
    assert (figures["population_18_plus"] > figures["population_65_plus"]).all()


def test_children_and_adults_make_everyone(raw, figures):
    """The rest is those under 18, within 2% of the department's newer estimate in all but the smallest place."""
    from helpers.readers import dfe_tidy

    register = geography.register()
    indicator = catalogue.indicators()["population_0_17"]
    children = dfe_tidy.read(raw / "dfe-csc", catalogue.sources()["dfe-csc"], [indicator], register).figures
    children = children[children["period"] == "2023-06-30"].set_index("area_code")["value"]
    rest = figures["population_all_ages"] - figures["population_18_plus"]
    rest = rest.groupby(rest.index.map(register.locality_of)).sum()
    assert len(rest) == 153
    ratio = (rest / children[rest.index]).drop("E09000001")  # the City of London was revised by 30%
    assert ratio.between(0.98, 1.02).all()


def test_districts_stay_so_that_counties_can_be_made(figures):
    register = geography.register()
    areas = figures["population_all_ages"].index
    assert len(areas) == 296
    assert set(areas.map(register.locality_of)) == set(register.england["area_code"])
    assert {"E08000038", "E08000039"} <= set(areas)  # under their new codes


# --- tiny files that must be refused -------------------------------------------------------------------------------

GOOD = ["code,name,all,0,1,2+", "E08000009,Trafford,60,10,20,30", "S12000033,Aberdeen City,6.0000000001,1.5,1.5,3"]


def _read(folder, lines=GOOD, unit="count", **select):
    (folder / "age.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    file = tiny.file("age.csv")
    source = tiny.source("population", [{**file, "reads": {"period": "2023-06-30", "oldest": "2+"}}])
    indicator = tiny.indicator(
        "people",
        {"file": "age.csv", "ages": "all", **select},
        chapter="context",
        theme="people",
        unit=unit,
        districts="sum",
    )
    return population.read(folder, source, [indicator], geography.register())


def _refused(folder, *parts, **arguments):
    with pytest.raises(DataError) as caught:
        _read(folder, **arguments)
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize(("ages", "people"), [("all", 60), ("1+", 50), ("0-1", 30), ("2+", 30), ("1", 20)])
def test_ages_are_added_up(tmp_path, ages, people):
    assert _read(tmp_path, ages=ages).figures["value"].tolist() == [people]


def test_a_bad_file_is_refused_with_file_row_and_column(tmp_path):
    _refused(tmp_path, "age.csv: row 2, column '1'", "'c'", lines=[GOOD[0], "E08000009,Trafford,60,10,c,30"])
    _refused(
        tmp_path, "age.csv: row 2, column 'all'", "61 people", "60", lines=[GOOD[0], "E08000009,Trafford,61,10,20,30"]
    )
    _refused(tmp_path, "age.csv: row 3, column 'code'", "stands twice", lines=[GOOD[0], GOOD[1], GOOD[1]])
    _refused(tmp_path, "age.csv: row 2, column 'code'", "'Trafford'", lines=[GOOD[0], "Trafford,Trafford,60,10,20,30"])
    _refused(
        tmp_path, "age.csv: row 1, column '1'", "missing", lines=["code,name,all,0,2+", "E08000009,Trafford,40,10,30"]
    )
    _refused(tmp_path, "age.csv: row 1, column '3'", "not known", lines=["code,name,all,0,1,2+,3", f"{GOOD[1]},0"])


def test_a_bad_select_is_refused_with_the_indicators_file_and_the_choices(tmp_path):
    here = "data/indicators/people.yml"
    _refused(tmp_path, here, "key 'age' is not known", "ages", age="all")
    _refused(tmp_path, here, "ages: 'old' is not known", "'65+'", ages="old")
    _refused(tmp_path, here, "ages: '65' is not there", "'2+'", ages="65+")
    _refused(tmp_path, here, "the unit is 'pct'", "count", unit="pct")
