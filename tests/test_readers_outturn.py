"""Revenue outturn: against the publisher's England rows, its own sums, its other form, and cells read by hand."""

from __future__ import annotations

import csv
import re

import pandas as pd
import pytest

from helpers import catalogue, geography, paths
from helpers.catalogue import File
from helpers.readers import _sheets, outturn
from helpers.schemas import DataError

SOURCE = "mhclg-revenue-outturn"
TRAFFORD, CITY, BARKING, CORNWALL = "E08000009", "E09000001", "E09000002", "E06000052"
BIRMINGHAM, CUMBERLAND, SLOUGH, HARROW, ENGLAND = (
    "E08000025",
    "E06000063",
    "E06000039",
    "E09000015",
    "E92000001",
)
Y21, Y22, Y23, Y24 = (f"{year}-04-01/P1Y" for year in (2021, 2022, 2023, 2024))
CHILDREN = [
    "ro3_early_years",
    "ro3_looked_after",
    "ro3_family_support",
    "ro3_youth_justice",
    "ro3_safeguarding",
    "ro3_young_people",
    "ro3_asylum_seekers",
    "ro3_other",
]


def source():
    return catalogue.load_source(paths.SOURCES / f"{SOURCE}.yml")


def indicators():
    found = [p for p in sorted(paths.INDICATORS.glob("*.yml")) if f"source: {SOURCE}\n" in p.read_text("utf-8")]
    return [catalogue.load_indicator(path) for path in found]


def the_file(name):
    return next(f for f in source().files if f.name == name)


@pytest.fixture(scope="module")
def reading(raw):
    return outturn.read(raw / SOURCE, source(), indicators(), geography.load())


@pytest.fixture(scope="module")
def figures(reading):
    return reading.figures.set_index(["indicator", "area_code", "period"]).sort_index()


@pytest.fixture(scope="module")
def table(reading):
    """Councils only, one row for each council and year, one column for each indicator."""
    councils = reading.figures[reading.figures["area_code"] != ENGLAND]
    return councils.pivot(index=["area_code", "period"], columns="indicator", values="value")


def parsed(raw, name, wanted):
    """Return the figures of one real file with every council that it holds, old ones and districts too."""
    file = the_file(name)
    return outturn.parse(_sheets.rows(raw / SOURCE / name, file.reads["sheet"]), file, wanted)[0]


# ---- the real files


@pytest.mark.parametrize(
    ("indicator", "area", "period", "value"),
    [
        # read by eye in the files
        ("rsx_education", TRAFFORD, Y21, 171465),
        ("rsx_total", TRAFFORD, Y21, 351752),
        ("rsx_total", TRAFFORD, Y22, 371156),
        ("rsx_total", TRAFFORD, Y23, 405208),
        ("rsx_education", TRAFFORD, Y24, 226950),
        ("rsx_total", TRAFFORD, Y24, 446685),
        ("rsx_police", CITY, Y21, 134014),
        ("rsx_police", CITY, Y24, 222763),
        ("rsx_fire", CORNWALL, Y21, 24325),
        ("ro3_early_years", TRAFFORD, Y22, 3842),
        ("ro3_early_years", TRAFFORD, Y23, 3998),
        ("ro3_early_years", TRAFFORD, Y24, 4763),
        ("ro3_early_years", BARKING, Y24, 3626),
    ],
)
def test_a_cell_read_by_hand_comes_out_as_it_stands(figures, indicator, area, period, value):
    row = figures.loc[(indicator, area, period)]
    assert row["value"] == value
    assert row["unit"] == "gbp_thousand"


@pytest.mark.parametrize(
    ("indicator", "period", "value"),
    [
        # the drop-down sheet of each workbook, which is not the sheet that is read
        ("rsx_education", Y22, 37125453.22645948),
        ("rsx_adult_social_care", Y22, 20516549.94660061),
        ("rsx_highways", Y23, 4973279.106880993),
        ("ro3_early_years", Y23, 570327.3262790396),
        ("ro3_early_years", Y24, 593582.17764),
        ("ro3_looked_after", Y24, 8917040.34614),
    ],
)
def test_england_is_the_figure_of_the_publishers_summary(figures, indicator, period, value):
    assert figures.at[(indicator, ENGLAND, period), "value"] == pytest.approx(value, abs=0.01)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Education services", "RSX-edu-net-cur-exp"),
        ("Children Social Care", "RSX-csc-net-cur-exp"),
        ("Adult Social Care", "RSX-asc-net-cur-exp"),
        ("Public Health", "RSX-phs-net-cur-exp"),
        ("Police services", "RSX-pol-net-cur-exp"),
    ],
)
def test_in_2021_22_the_authorities_add_up_to_england(raw, line, code):
    # every council with these services had sent its return, so England is a plain sum of councils and of the other
    # authorities, which are added here; it was estimated for four districts only
    name = "RSX_2021-22_data_by_LA_Live.csv"
    values = parsed(raw, name, {"a": (line, "Net Current Expenditure")}).set_index("area_code")["value"]
    with (raw / SOURCE / name).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    place = rows[6].index(code)
    others = sum(float(row[place].replace(",", "")) for row in rows[11:] if row[4] == "O")
    assert values.drop(ENGLAND).sum() + others == pytest.approx(values[ENGLAND], rel=0.0004)


@pytest.mark.parametrize(("period", "least"), [(Y22, 0.965), (Y23, 0.91), (Y24, 0.97)])
def test_later_englands_are_estimated_for_missing_returns_so_the_sum_is_less(raw, figures, period, least):
    name = {Y22: "RO3_2022-23_data_by_LA.ods", Y23: "RO3_2023-24_data_by_LA.ods"}.get(
        period, "RO3_LA_Data_2024-25_data_by_LA.ods"
    )
    frame = parsed(raw, name, {"a": ("TOTAL CHILDREN SOCIAL CARE", "Total Expenditure")})
    values = frame.set_index("area_code")["value"]
    assert least < values.drop(ENGLAND).sum() / values[ENGLAND] < 1
    assert values[ENGLAND] == figures.at[("ro3_children_total", ENGLAND, period), "value"]


def test_the_lines_of_children_add_up_to_the_total_of_every_council(table):
    lines = table[CHILDREN].sum(axis=1, min_count=len(CHILDREN)) - table["ro3_children_total"]
    assert lines.notna().sum() == 147 + 141 + 150  # all that sent a return, but Harrow's incomplete one of 2023-24
    assert lines.abs().max() <= 2  # £ thousand: rounding


def test_the_services_add_up_to_the_total_of_every_council(table):
    services = [c for c in table if c.startswith("rsx_") and c != "rsx_total"]
    difference = table[services].sum(axis=1, min_count=len(services)) - table["rsx_total"]
    assert difference.notna().sum() == 151 + 147 + 142 + 150
    assert difference.abs().max() <= 2


def test_the_lines_of_adult_care_add_up_in_2024_25(table):
    lines = [c for c in table if c.startswith("ro3_adult_") and c != "ro3_adult_total"]
    assert len(lines) == 18
    newest = table.xs(Y24, level="period")
    difference = newest[lines].sum(axis=1, min_count=len(lines)) - newest["ro3_adult_total"]
    assert difference.abs().max() <= 2


@pytest.mark.parametrize("name", ["RO3_2022-23_data_by_LA.ods", "RO3_2023-24_data_by_LA.ods"])
def test_before_2024_25_payments_to_care_providers_make_up_the_total_of_adult_care(raw, name):
    lines = [i.select["line"] for i in indicators() if i.id.startswith("ro3_adult_") and i.id != "ro3_adult_total"]
    lines += ["Disbursement payments to care providers", "Other payments to care providers"]
    wanted = {str(n): (line, "Net Current Expenditure") for n, line in enumerate(lines)}
    wanted["total"] = ("TOTAL ADULT SOCIAL CARE", "Net Current Expenditure")
    frame = parsed(raw, name, wanted).pivot(index="area_code", columns="indicator", values="value")
    difference = (frame.drop(columns="total").sum(axis=1, min_count=len(lines)) - frame["total"]).drop(ENGLAND)
    assert difference.abs().dropna().le(4).mean() > 0.99


@pytest.mark.parametrize(
    ("rsx", "ro3"),
    [("rsx_adult_social_care", "ro3_adult_total"), ("rsx_public_health", "ro3_public_health_total")],
)
def test_the_two_forms_agree_on_every_council(table, rsx, ro3):
    both = table[[rsx, ro3]].dropna()
    assert len(both) == 147 + 142 + 150
    assert (both[rsx] - both[ro3]).abs().max() < 0.01


def test_a_return_not_received_is_said_to_be_missing(figures):
    localities = geography.load().localities["area_code"]
    newest = figures.xs(("rsx_total", Y24), level=("indicator", "period")).reindex(localities)
    assert set(newest.index[newest["status"] == "not_submitted"]) == {BIRMINGHAM, CUMBERLAND, SLOUGH}
    assert newest["value"].notna().sum() == 150


def test_a_first_release_is_provisional_and_a_certified_return_is_final(figures):
    states = figures.reset_index().query("value == value").groupby("period")["status"].agg(set)
    assert states[Y21] == {"final"}
    assert states[Y23] == {"provisional"}
    assert figures.at[("rsx_total", TRAFFORD, Y24), "status"] == "final"  # certified Y
    assert figures.at[("rsx_total", "E06000008", Y24), "status"] == "provisional"  # Blackburn: certified N
    assert figures.at[("rsx_total", ENGLAND, Y24), "status"] == "provisional"  # holds estimates


def test_the_greater_london_authority_is_not_taken_for_the_london_region(figures):
    assert not set(figures.index.get_level_values("area_code")) & {"E12000007"}


def test_every_cell_is_accounted_for(reading):
    assert sum(reading.dropped.values()) == reading.considered - len(reading.figures)
    other = "police, fire, park, waste or combined authority, or the Greater London Authority"
    # rows of such authorities, by file: 93, 94, 95, 94 in RSX; 94, 95, 94 in RO3
    assert reading.dropped[other] == 14 * (93 + 94 + 95 + 94) + 32 * (94 + 95 + 94)


def test_a_number_that_the_notes_take_back_is_not_shown(figures):
    row = figures.loc[("ro3_looked_after", HARROW, Y23)]
    assert (row["status"], row["value"] != row["value"]) == ("not_submitted", True)
    assert figures.at[("ro3_looked_after", HARROW, Y22), "value"] == 13907


def test_columns_that_the_publisher_itself_swapped_are_refused(raw):
    # RO3 2022-23: the total incomes of carers aged 18 to 64 and 65+ stand under each other's header
    with pytest.raises(DataError, match="row 12, column 'Social support: Support for carer - adults") as error:
        line = "Social support: Support for carer - adults (18-64)"
        parsed(raw, "RO3_2022-23_data_by_LA.ods", {"a": (line, "Total Income")})
    assert "RO3-ascsclcrrold-tot-inc" in str(error.value)


def test_a_stray_mark_in_the_publishers_file_is_refused(raw):
    line = "Dental Services (included above within total public health)"
    with pytest.raises(DataError, match=r"row 391, column 'Dental Services .* '>' is not a number"):
        parsed(raw, "RO3_2022-23_data_by_LA.ods", {"a": (line, "Net Current Expenditure")})


# ---- small sheets that must be refused

COLUMNS = list(outturn.COLUMNS)
COUNCILS = [
    # code, name, class, certified, then the seven columns
    ("E06000001", "One", "UA", "Y", 10, 20, 30, 4, 1, 5, 25),
    ("E08000009", "Two", "MD", "N", 100, 200, 300, 40, 10, 50, 250),
    ("E10000003", "Three", "SC", "Y", 1, 2, 3, 0, 1, 1, 2),
    ("E07000223", "Four", "SD", "Y", 0, 0, 0, 0, 0, 0, 0),
]


def declared_file(**reads):
    layout = {
        "form": "RSX",
        "financial_year": "2024-25",
        "sheet": "Data",
        "header_rows": [5],
        "codes_row": 4,
        "release": "second",
        "symbols": {"[x]": "not_submitted"},
    }
    return File(
        name="small.ods",
        sha256="0" * 64,
        release_date="2025-12-04",
        release_date_basis="the file says so",
        reads=layout | reads,
    )


def sheet(councils=COUNCILS, columns=COLUMNS, codes=None):
    codes = codes or [f"RSX-edu-{outturn.COLUMNS[c]}" for c in columns]
    titles = ["ONS Code", "Local authority", "Class", "Certified"]
    return [
        ["Revenue Outturn (RO) 2024-25: Service Expenditure Summary (RSX) data"],
        ["Data are reported in £ thousand."],
        ["Last updated: 4 December 2025"],
        ["", "", "", "", *codes],
        [*titles, *(f"Education services- {c}\n (C{n})" for n, c in enumerate(columns, start=1))],
        *[list(row) for row in councils],
        ["E92000001", "ENGLAND", "Eng", "[Y]", 111, 222, 333, 44, 12, 56, 277],
        ["E23000036", "A police force", "O", "Y", 0, 0, 0, 0, 0, 0, 0],
        ["E06", "Unitary authorities", "UA", 1, 10, 20, 30, 4, 1, 5, 25],
        [""] * 11,
    ]


WANTED = {"education": ("Education services", "Net Current Expenditure")}


def refusal(rows, file=None, wanted=WANTED):
    with pytest.raises(DataError) as error:
        outturn.parse(rows, file or declared_file(), wanted)
    return str(error.value)


def with_cell(place, value):
    """Return the councils with one cell of the second (row 7 of the sheet) changed."""
    second = list(COUNCILS[1])
    second[place] = value
    return [COUNCILS[0], tuple(second), *COUNCILS[2:]]


def test_a_small_sheet_is_read_whole():
    frame, left = outturn.parse(sheet(), declared_file(), WANTED)
    assert dict(zip(frame["area_code"], frame["value"], strict=True)) == {
        "E06000001": 25,
        "E08000009": 250,
        "E10000003": 2,
        "E07000223": 0,
        "E92000001": 277,
    }
    assert list(frame["status"]) == ["final", "provisional", "final", "final", "provisional"]
    assert sum(left.values()) == 2


@pytest.mark.parametrize("unit", ["Data are reported in £.", "Data are reported in £ million.", ""])
def test_pounds_are_not_read_as_thousands(unit):
    rows = sheet()
    rows[1] = [unit]
    assert "small.ods: the lines above row 5 do not say that the figures are in £ thousand" in refusal(rows)


@pytest.mark.parametrize(
    "title",
    [
        "Revenue Outturn (RO) 2023-24: Service Expenditure Summary (RSX) data",
        "Revenue Outturn (RO) 2024-25: Social Care and Public Health (RO3) data",
    ],
)
def test_another_year_or_form_is_refused(title):
    rows = sheet()
    rows[0] = [title]
    assert "small.ods: row 1: the title" in refusal(rows)
    assert "is not of RSX 2024-25" in refusal(rows)


def test_another_release_date_is_refused():
    rows = sheet()
    rows[2] = ["Last updated: 14th December 2024"]
    assert "row 3: the file was last updated on 2024-12-14, not on 2025-12-04" in refusal(rows)


def test_swapped_headers_are_told_by_the_publishers_codes():
    swapped = [*COLUMNS[:5], COLUMNS[6], COLUMNS[5]]
    codes = [f"RSX-edu-{outturn.COLUMNS[c]}" for c in COLUMNS]
    message = refusal(sheet(columns=swapped, codes=codes))
    assert "small.ods: row 5, column 'Education services - " in message
    assert "compare them with the publisher's form" in message


@pytest.mark.parametrize("pair", [(4, 6), (6, 10), (9, 10), (7, 9), (6, 9)])
def test_swapped_numbers_are_told_by_the_publishers_own_sums(pair):
    swapped = []
    for council in COUNCILS:
        cells = list(council)
        cells[pair[0]], cells[pair[1]] = cells[pair[1]], cells[pair[0]]
        swapped.append(cells)
    message = refusal(sheet(swapped))
    assert re.match(r"small\.ods: row \d, column 'Education services - .*: it is not what .* make", message)
    assert "changed places" in message


def test_an_authority_that_stands_twice_is_refused():
    message = refusal(sheet([*COUNCILS, COUNCILS[0]]))
    assert "small.ods: row 10, column 'ONS Code': E06000001 stands in row 6 too. Keep one row" in message


@pytest.mark.parametrize("mark", ["[y]", "", "n/a", "1.234,5", "12,34", True])
def test_an_unknown_symbol_is_refused(mark):
    message = refusal(sheet(with_cell(10, mark)))
    assert "small.ods: row 7, column 'Education services - Net Current Expenditure'" in message
    assert "Known symbols: [x] (not_submitted)" in message


def test_a_declared_symbol_says_why_the_figure_is_missing():
    cells = with_cell(10, "[x]")
    frame, _ = outturn.parse(sheet(cells), declared_file(), WANTED)
    assert list(frame["status"])[1] == "not_submitted"


def test_an_unknown_class_of_authority_is_refused():
    message = refusal(sheet(with_cell(2, "XX")))
    assert "small.ods: row 7, column 'Class': class 'XX' with ONS code 'E08000009' is not known" in message


def test_a_code_that_is_not_a_councils_is_refused():
    assert "row 7, column 'Class'" in refusal(sheet(with_cell(0, "E080000O9")))


def test_a_line_that_is_not_there_is_told_with_the_nearest():
    message = refusal(sheet(), wanted={"rsx_education": ("Education servces", "Net Current Expenditure")})
    assert message.startswith("data/indicators/rsx_education.yml: select.line 'Education servces'")
    assert "Nearest of its 1 lines: Education services." in message


def test_a_layout_that_lacks_a_key_or_has_an_unknown_state_is_refused():
    file = declared_file()
    lacking = file.model_copy(update={"reads": {k: v for k, v in file.reads.items() if k != "codes_row"}})
    assert "its `reads` lacks codes_row" in refusal(sheet(), lacking)
    assert "gone" in refusal(sheet(), declared_file(symbols={"[x]": "gone"}))


def test_a_declaration_fails_once_the_publisher_mends_the_fault():
    entry = {
        "why": "An omission.",
        "area_code": "E10000003",
        "line": "Education services",
        "expect": 0,
        "status": "not_submitted",
    }
    assert "row 8, column 'Education services - Net Current Expenditure': '2' is not 0" in refusal(
        sheet(), declared_file(declared=[entry])
    )
    frame, _ = outturn.parse(sheet(), declared_file(declared=[entry | {"expect": 2}]), WANTED)
    assert list(frame["status"])[2] == "not_submitted"
    assert pd.isna(list(frame["value"])[2])


def test_a_jump_of_a_thousand_times_is_refused():
    frames = [
        outturn.parse(sheet(), declared_file(), WANTED)[0].assign(period=period, file=period) for period in (Y23, Y24)
    ]
    outturn.check_jumps(pd.concat(frames))
    frames[1]["value"] *= 1000
    with pytest.raises(DataError, match="column 'education': the sum is 277 in 2023-24 and 277,000 in 2024-25"):
        outturn.check_jumps(pd.concat(frames))
    frames[1]["value"] /= 1_000_000
    with pytest.raises(DataError, match="not in £ thousand"):
        outturn.check_jumps(pd.concat(frames))


def test_a_whole_reading_stops_at_such_a_jump(monkeypatch, tmp_path):
    earlier = [[sheet()[0][0].replace("2024-25", "2023-24")], *sheet()[1:]]
    later = sheet([(*row[:4], *(1000 * n for n in row[4:])) for row in COUNCILS])
    small = {"early.ods": earlier, "late.ods": later}
    files = [
        declared_file(financial_year=year).model_copy(update={"name": name})
        for name, year in zip(small, ("2023-24", "2024-25"), strict=True)
    ]
    select = {"form": "RSX", "line": "Education services", "column": "Net Current Expenditure"}
    education = next(i for i in indicators() if i.id == "rsx_education").model_copy(update={"select": select})
    monkeypatch.setattr(outturn._sheets, "rows", lambda path, sheet: small[path.name])
    with pytest.raises(DataError, match=r"late\.ods: column 'rsx_education': the sum is 277 in 2023-24 and 277,000"):
        outturn.read(tmp_path, source().model_copy(update={"files": tuple(files)}), [education], geography.load())


def test_two_header_rows_are_joined_and_marks_in_them_ignored():
    rows = sheet()
    above = ["", "", "", "", "Support  with memory\n and cognition – adults (18–64) [note 2]", *[""] * 6]
    below = [*rows[4][:4], *(f"{c}\n (C{n}){n + 4}" for n, c in enumerate(COLUMNS, start=1))]
    rows = [*rows[:4], above, below, *rows[5:]]
    wanted = {"a": ("Support with memory and cognition - adults (18-64)", "Net Current Expenditure")}
    frame, _ = outturn.parse(rows, declared_file(header_rows=[5, 6]), wanted)
    assert frame.set_index("area_code").at["E08000009", "value"] == 250


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"select": {"form": "RSX", "line": "x", "colum": "y"}}, "key 'colum' is not known"),
        ({"select": {"form": "RO4", "line": "x", "column": "Employees"}}, "'RSX', 'RO3'"),
        ({"select": {"form": "RSX", "line": "x", "column": "Net"}}, "'Net Current Expenditure'"),
        ({"unit": "gbp"}, "Write unit: gbp_thousand"),
    ],
)
def test_a_wrong_indicator_is_told_with_its_file_and_the_choices(tmp_path, change, said):
    wrong = next(i for i in indicators() if i.id == "rsx_total").model_copy(update=change)
    with pytest.raises(DataError) as error:
        outturn.read(tmp_path, source(), [wrong], geography.load())
    assert "data/indicators/rsx_total.yml" in str(error.value)
    assert said in str(error.value)


def test_the_classification_covers_every_line_of_children_once():
    rows = pd.read_csv(paths.REFERENCE / "spend_classification.csv")
    ro3 = rows[rows["account"] == "ro3"]
    assert sorted(ro3.loc[ro3["stage"] != "total", "indicator"]) == sorted(CHILDREN)
    assert list(ro3.loc[ro3["stage"] == "total", "indicator"]) == ["ro3_children_total"]
