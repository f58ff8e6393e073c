"""Homelessness tables: against cells read by hand, and the publisher's figures for England and the regions."""

from __future__ import annotations

import pytest

from helpers import catalogue, geography, paths, periods
from helpers.catalogue import File
from helpers.readers import _sheets, hclic
from helpers.schemas import DataError

SOURCE = "mhclg-hclic"
PREVENTION, RELIEF, PLACED = (
    "homelessness_prevention_duty",
    "homelessness_relief_duty",
    "temporary_accommodation",
)
ENGLAND, LONDON, ADUR, ARUN, BRENT = "E92000001", "E12000007", "E07000223", "E07000224", "E09000005"
QUARTERS = [f.reads["period"] for f in catalogue.load_source(paths.SOURCES / f"{SOURCE}.yml").files]


def source():
    return catalogue.load_source(paths.SOURCES / f"{SOURCE}.yml")


def indicators():
    return [catalogue.load_indicator(paths.INDICATORS / f"{i}.yml") for i in (PREVENTION, RELIEF, PLACED)]


@pytest.fixture(scope="module")
def reading(raw):
    return hclic.read(raw / SOURCE, source(), indicators(), geography.load())


@pytest.fixture(scope="module")
def figures(reading):
    return reading.figures.set_index(["indicator", "area_code", "period"]).sort_index()


# ---- the real files


@pytest.mark.parametrize(
    ("indicator", "area", "period", "count", "households", "value"),
    [
        # read by eye in the files
        (PREVENTION, ADUR, "2018-04-01/P3M", 20, 28185, 20 / 28.185),  # no rate published
        (RELIEF, ADUR, "2019-01-01/P3M", 14, 28403, 14 / 28.403),  # no rate published
        (PREVENTION, ADUR, "2020-01-01/P3M", 13, 28205, 0.4609111859599362),
        (RELIEF, ADUR, "2021-01-01/P3M", 17, 28320, 0.600282485875706),
        (PREVENTION, ARUN, "2024-01-01/P3M", 122, 75668, 1.61230639107681),
        (RELIEF, ARUN, "2025-10-01/P3M", 151, 76236, 1.98069153680676),
        (PLACED, ADUR, "2018-06-30", 60, 28185, 2.12879191059074),
        (PLACED, ARUN, "2025-03-31", 192, 76464, 2.51098556183302),
        (PLACED, ENGLAND, "2025-12-31", 134210, 24440280, 5.49134461634646),
        (PREVENTION, ENGLAND, "2025-01-01/P3M", 37610, 24367038, 1.54356432466473),  # from unrounded counts
        (RELIEF, ENGLAND, "2025-01-01/P3M", 45840, 24367038, 1.88110632179578),
        (PLACED, LONDON, "2025-03-31", 73320, 3687399, 19.8834145164858),
    ],
)
def test_a_cell_read_by_hand_comes_out_with_households_in_ones(
    figures, indicator, area, period, count, households, value
):
    row = figures.loc[(indicator, area, period)]
    assert (row["count"], row["denominator"]) == (count, households)
    assert row["value"] == pytest.approx(value, rel=1e-9)


def test_every_quarter_has_every_authority(figures):
    lower = figures[~figures.index.get_level_values("area_code").str.match("E12|E92")]
    numbers = lower.groupby(["indicator", "period"]).size()
    # lower-tier authorities of England at the time
    for quarter, number in zip(QUARTERS, [326, 326, 317, 314, 309, 309, 296, 296, 296], strict=True):
        assert numbers[PREVENTION, quarter] == numbers[RELIEF, quarter] == number
        assert numbers[PLACED, periods.end(quarter).isoformat()] == number


def test_in_2018_the_authorities_add_up_to_england(figures):
    # that quarter's England leaves out the five that sent nothing, so it is a plain sum, rounded to 10
    for indicator in (PREVENTION, RELIEF):
        quarter = figures.xs((indicator, "2018-04-01/P3M"), level=("indicator", "period"))["count"]
        lower = quarter[~quarter.index.str.match("E12|E92")]
        assert abs(lower.sum() - quarter[ENGLAND]) <= 5


@pytest.mark.parametrize("indicator", [PREVENTION, RELIEF, PLACED])
def test_authorities_add_up_to_the_regions_where_none_is_missing(figures, indicator):
    # elsewhere the publisher's figure for the region holds estimates of its own for those that are missing
    register = geography.load()
    region = dict(zip(register.localities["area_code"], register.localities["region_code"], strict=True))
    rows = figures.loc[indicator].reset_index()
    rows["region"] = rows["area_code"].map(register.locality_of).fillna(rows["area_code"]).map(region)
    compared = 0
    for (code, period), own in rows[rows["region"].notna()].groupby(["region", "period"]):
        published = figures.at[(indicator, code, period), "count"]
        if own["count"].notna().all():
            compared += 1
            assert abs(own["count"].sum() - published) <= 10, (code, period)
        else:
            assert own["count"].sum() <= published + 10, (code, period)
    assert compared >= 20


@pytest.mark.parametrize("quarter", QUARTERS)
def test_the_households_of_the_regions_add_up_to_england(figures, quarter):
    homes = figures.xs((PREVENTION, quarter), level=("indicator", "period"))["denominator"]
    # two files give regions rounded to 10,000
    assert homes[homes.index.str.startswith("E12")].sum() == pytest.approx(homes[ENGLAND], rel=0.002)


def test_missing_figures_say_so_and_have_no_count(figures):
    row = figures.loc[(PREVENTION, BRENT, "2024-01-01/P3M")]
    assert row["status"] == "not_available"
    assert row[["value", "count", "denominator"]].isna().all()


def test_a_revised_file_is_called_revised_and_others_provisional(figures):
    states = figures[figures["value"].notna()].groupby("period")["status"].agg(set)
    for quarter, status in {"2018-04-01/P3M": "revised", "2021-01-01/P3M": "revised"}.items():
        assert states[quarter] == {status}
    assert states["2025-10-01/P3M"] == {"provisional"}


def test_the_two_rows_that_are_no_area_are_counted(reading):
    assert reading.dropped == {
        "Rest of England, which is not one of the areas": 27,
        "London, which the publisher prints twice": 27,
    }


@pytest.mark.parametrize("file", source().files, ids=lambda f: f.name)
def test_the_contents_sheet_says_the_release_date_we_declare(raw, file):
    contents = _sheets.rows(raw / SOURCE / file.name, "Contents")
    said = " ".join(str(cell) for row in contents[:10] for cell in row)
    if file.reads["period"] == "2019-01-01/P3M":
        # a slip of the publisher, for the quarter was not over then: release_date_basis says how we read it
        assert "Revised 19th March 2019" in said
        return
    year, month, day = file.release_date.split("-")
    written = periods.label(file.release_date).split()  # 18 December 2019
    spellings = [f"{year}-{month}-{day}", f"{written[1]} {written[0]}, {year}"]
    spellings += [f"{written[0]}{suffix} {written[1]} {year}" for suffix in ("st", "nd", "rd", "th")]
    assert any(spelling in said for spelling in spellings), said


# ---- small sheets that must be refused


def declared_file(**reads):
    layout = {
        "period": "2025-01-01/P3M",
        "status": "provisional",
        "assessments": {"sheet": "A1", "header_rows": [2, 3]},
        "accommodation": {"sheet": "TA1", "header_rows": [2, 2]},
    }
    return File(
        name="small.xlsx",
        sha256="0" * 64,
        release_date="2025-07-22",
        release_date_basis="the file says so",
        reads=layout | reads,
    )


def sheets():
    threatened = "Threatened with homelessness within 56 days -  Prevention duty owed"
    assessments = [
        ["Table A1\nEngland, January to March 2025"],
        ["", "", "", "", "", "Assessed as owed a duty", "", "Number of households  in area5 (000s)", "", ""],
        ["", "", "", "", "Total", threatened, "Homeless -  Relief duty owed4", "", "", ""],
        ["E92000001", "ENGLAND", "", "", 40.0, 10.0, 30.0, 20.0, 0.5, 1.5],
        ["E12000007", "London", "", "", 40.0, 10.0, 30.0, 20.0, 0.5, 1.5],
        ["-", "Rest of England", "", "", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        ["E12000007", "London", "", "", 40.0, 10.0, 30.0, 20.0, 0.5, 1.5],
        ["E09000001", "City", "", "", 15.0, 5.0, 10.0, 8.0, 0.625, 1.25],
        ["E09000005", "Brent", "", "", "..", "..", "..", 12.0, "..", ".."],
        ["..", "Missing", "", "", "", "", "", "", "", ""],
    ]
    assessments[1][8:] = [
        "Households assessed as threatened with homelessness per (000s)",
        "Households assessed as homeless per (000s)",
    ]
    accommodation = [
        ["Table TA1\nEngland, 31st March 2025"],
        ["", "", "", "", "Total number of households in TA1,2,3", "Number of households in area5  (000s)"],
        ["E92000001", "ENGLAND", "", "", 100.0, 20.0],
        ["E09000001", "City", "", "", 40.0, 8.0],
    ]
    accommodation[1].append("Total number of households in TA per (000s)")
    for row in accommodation[2:]:
        row.append(5.0)
    return {"assessments": assessments, "accommodation": accommodation}


WANTED = {
    "prevention": "prevention duty owed",
    "relief": "relief duty owed",
    "placed": "households in temporary accommodation",
}


def refusal(small, file=None):
    with pytest.raises(DataError) as error:
        hclic.parse(small, file or declared_file(), WANTED)
    return str(error.value)


def test_small_sheets_are_read_whole():
    frame, left = hclic.parse(sheets(), declared_file(), WANTED)
    rows = frame.set_index(["indicator", "area_code"])
    assert rows.at[("prevention", "E09000001"), "value"] == 0.625
    assert rows.at[("placed", "E09000001"), "period"] == "2025-03-31"
    assert rows.at[("relief", "E09000005"), "status"] == "not_available"
    assert sum(left.values()) == 4


@pytest.mark.parametrize(("table", "sheet"), [("assessments", "A1"), ("accommodation", "TA1")])
def test_another_quarter_is_refused(table, sheet):
    small = sheets()
    small[table][0] = ["Table\nEngland, January to March 2024, 31 March 2024"]
    assert f"small.xlsx: row 1: the title of {sheet}" in refusal(small)
    assert "is not of January to March 2025" in refusal(small)


def test_swapped_numbers_are_told_by_the_published_rates():
    small = sheets()
    for row in small["assessments"][3:9]:
        row[5], row[6] = row[6], row[5]
    message = refusal(small)
    assert "small.xlsx: row 4, column 'Households assessed as threatened with homelessness per (000s)'" in message
    assert "0.5000 is not 30 of 20 thousand households" in message


def test_households_in_ones_are_not_read_as_thousands():
    small = sheets()
    for row in small["accommodation"][2:]:
        row[5] *= 1000
    assert "5.0000 is not 100 of 20000 thousand households" in refusal(small)


def test_a_heading_that_is_not_there_is_told_with_those_that_are():
    small = sheets()
    small["assessments"][2][6] = "Owed another duty"
    message = refusal(small)
    assert "small.xlsx: row 3: 0 columns of A1 have a heading like" in message
    assert "Owed another duty" in message


def test_an_authority_that_stands_twice_is_refused():
    small = sheets()
    small["assessments"].insert(9, small["assessments"][7])
    assert "small.xlsx: row 10: E09000001 stands in row 8 of A1 too" in refusal(small)


def test_a_region_printed_twice_must_agree_with_itself():
    small = sheets()
    small["assessments"][6] = ["E12000007", "London", "", "", 41.0, 11.0, 30.0, 20.0, 0.55, 1.5]
    assert "row 7: E12000007 stands in row 5 of A1 too" in refusal(small)


@pytest.mark.parametrize("mark", [":", "-", "", "1,2", "..."])
def test_an_unknown_symbol_is_refused(mark):
    small = sheets()
    small["assessments"][7][6] = mark
    message = refusal(small)
    assert "small.xlsx: row 8, column 'Homeless - Relief duty owed'" in message
    assert "Known symbols: .. (not_available)" in message


def test_a_row_of_numbers_without_a_code_is_refused():
    small = sheets()
    small["assessments"][7][0] = "E0900001"
    assert "small.xlsx: row 8: 'E0900001' in A1 is not an area code" in refusal(small)


def test_an_unknown_status_is_refused():
    assert "Use one of: final, provisional, revised." in refusal(sheets(), declared_file(status="new"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"select": {"measures": "relief duty owed"}}, "key 'measures' is not known"),
        ({"select": {"measure": "relief duty"}}, "'relief duty owed'"),
        ({"unit": "pct"}, "Write unit: per_1k"),
    ],
)
def test_a_wrong_indicator_is_told_with_its_file_and_the_choices(tmp_path, change, said):
    wrong = indicators()[1].model_copy(update=change)
    with pytest.raises(DataError) as error:
        hclic.read(tmp_path, source(), [wrong], geography.load())
    assert "data/indicators/homelessness_relief_duty.yml" in str(error.value)
    assert said in str(error.value)
