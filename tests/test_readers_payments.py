"""A council's list of payments: the real file to the penny, and small bad files refused with row and column."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from helpers import catalogue, paths, schemas
from helpers.readers import _tally, council_payments
from helpers.schemas import DataError

PERIOD = "2024-04-01/P1Y"
HEAD = "OrganisationLabel,PaymentDate,BeneficiaryName,Amount,ProclassCode\n"
GOOD = HEAD + "X Council,2024-04-23,Alpha Ltd,10.50,321000\nX Council,2024-05-03,Redacted,2,NA\n"


@pytest.fixture(scope="module")
def lines(raw):
    """The real file, read by nothing but the csv module."""
    path = raw / "trafford" / "trafford-supplier-spend-2024-25.zip"
    with zipfile.ZipFile(path) as packed, packed.open(packed.namelist()[0]) as stream:
        return list(csv.DictReader(io.TextIOWrapper(stream, "utf-8", newline="")))


@pytest.fixture(scope="module")
def sums(raw):
    """The sums, as {(breakdown, part): {measure: value}}."""
    table = council_payments.tallies(raw / "trafford", catalogue.load_source(paths.SOURCES / "trafford-payments.yml"))
    table = schemas.validate(table, schemas.TALLY, "data/figures/trafford-payments.csv")
    assert set(table["period"]) == {PERIOD}
    found = defaultdict(dict)
    for row in table.itertuples():
        found[row.breakdown, row.part][row.measure] = row.value
    return found


def penny(value) -> Decimal:
    return Decimal(str(round(value, 2)))


def test_the_total_is_the_files_to_the_penny(lines, sums):
    total = sums["total", "all payments"]
    assert total["rows"] == len(lines) == 210_068
    assert penny(total["gbp"]) == sum(Decimal(r["Amount"]) for r in lines)
    below = [Decimal(r["Amount"]) for r in lines if r["Amount"].startswith("-")]
    assert (total["rows_credit"], penny(total["gbp_credit"])) == (len(below), sum(below))
    assert total["rows_identical"] == len(lines) - len({tuple(r.values()) for r in lines})


def test_withheld_payees_are_those_that_the_file_withholds(lines, sums):
    hidden = [Decimal(r["Amount"]) for r in lines if r["BeneficiaryName"] == "Redacted"]
    total, band = sums["total", "all payments"], sums["payee_band", "Payee withheld"]
    assert total["rows_redacted"] == band["rows"] == len(hidden) == 34_612
    assert penny(total["gbp_redacted"]) == penny(band["gbp"]) == sum(hidden)
    assert any(r["BeneficiaryName"].startswith("Redactive") for r in lines)  # a firm, not a withheld payee


def test_months_and_categories_are_the_files(lines, sums):
    months, categories = Counter(), Counter()
    for row in lines:
        months[row["PaymentDate"][:7]] += Decimal(row["Amount"])
        categories[row["ProclassCode"][:2]] += Decimal(row["Amount"])
    assert {m: penny(sums["month", m]["gbp"]) for m in months} == dict(months)
    assert penny(sums["category", "Social care"]["gbp"]) == categories["32"]
    assert penny(sums["category", "No category given"]["gbp"]) == categories["NA"]


def test_concentration_is_that_of_the_named_payees(lines, sums):
    payees = Counter()
    for row in lines:
        if row["BeneficiaryName"] != "Redacted":
            payees[row["BeneficiaryName"].lower()] += Decimal(row["Amount"])
    ranked = sorted(payees.values(), reverse=True)
    assert sums["total", "all payments"]["payees"] == len(ranked)
    assert penny(sums["payee_band", "The 10 largest"]["gbp"]) == sum(ranked[:10])
    assert penny(sums["payee_band", "The next 90"]["gbp"]) == sum(ranked[10:100])
    assert penny(sums["payee_band", "All others"]["gbp"]) == sum(ranked[100:])
    index = sum((float(p / sum(ranked)) * 100) ** 2 for p in ranked)
    assert sums["total", "all payments"]["herfindahl"] == pytest.approx(index, abs=0.06)


def test_what_the_source_says_of_the_largest_payees_is_so(lines):
    payees, consultancy = Counter(), Counter()
    for row in lines:
        payees[row["BeneficiaryName"]] += Decimal(row["Amount"])
        if row["ProclassCode"].startswith("15"):
            consultancy[row["BeneficiaryName"]] += Decimal(row["Amount"])
    largest = " ".join(name for name, _ in payees.most_common(7)).upper()
    assert all(word in largest for word in ("HMRC", "SUPERANN", "TEACHERS PENSIONS", "COMBINED AUTHORI"))
    assert consultancy["Greater Manchester Combined Authori"] > consultancy.total() / 2


def test_no_name_of_a_payee_is_in_the_figures(lines):
    text = (paths.FIGURES / "trafford-payments.csv").read_text(encoding="utf-8").lower()
    names = {r["BeneficiaryName"].lower() for r in lines}
    assert not [n for n in names if len(n) > 5 and n != "redacted" and n in text]


def test_the_whole_share_of_charities_is_not_known(sums):
    assert sums["total", "all payments"]["gbp_charities"] != sums["total", "all payments"]["gbp_charities"]


def put(folder, text, name="payments.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_plain_file_of_another_council(tmp_path):
    text = (
        "Date, Supplier Name ,Amount,Category,Charity Number\n"
        '23/04/2024,Alpha Ltd,"£1,000.50",Care,123456\n03/05/2024,REDACTED - personal data,200,Care,\n'
        "\n04/06/2023,Beta  Ltd,(50.25),,\n04/06/2023,BETA Ltd,50.50,,\n"
    )
    parsed = council_payments.parse(put(tmp_path, text))
    assert parsed.rows["day"].tolist() == ["2024-04-23", "2024-05-03", "2023-06-04", "2023-06-04"]
    assert parsed.rows["pence"].tolist() == [100050, 20000, -5025, 5050]
    assert parsed.rows["redacted"].tolist() == [False, True, False, False]
    assert parsed.rows["row"].tolist() == [2, 3, 5, 6]
    table = council_payments.tally(parsed, "E06000001", "payments.csv", "")
    total = table[(table["breakdown"] == "total")].set_index(["period", "measure"])["value"]
    assert total[PERIOD, "gbp_charities"] == 1000.5
    assert total["2023-04-01/P1Y", "payees"] == 1  # one payee, whatever its spaces and capitals
    assert total["2023-04-01/P1Y", "gbp"] == 0.25


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("Amount,", "Amount (£000),"), r"row 1, column 'Amount \(£000\)': the column is not known"),
        (GOOD.replace("10.50", "n/k"), "row 2, column 'Amount': 'n/k' is not an amount"),
        (GOOD.replace("10.50", "1.005"), "row 2, column 'Amount': '1.005' is not an amount"),
        (GOOD.replace("10.50", "1e3"), "row 2, column 'Amount'"),
        (GOOD.replace("2024-05-03", "2024-02-30"), "row 3, column 'PaymentDate': '2024-02-30' is not a day"),
        (GOOD.replace("2024-05-03", "May 24"), "row 3, column 'PaymentDate': 'May 24' is not a date"),
        (GOOD.replace("2024-05-03", "03/04/2024"), "row 3, column 'PaymentDate': '03/04/2024' may be two different"),
        (GOOD.replace("2024-05-03", "03/24/2024"), "row 3, column 'PaymentDate': '03/24/2024' has the month first"),
        (GOOD.replace("Alpha Ltd", ""), "row 2, column 'BeneficiaryName': no payee"),
        (GOOD + "X Council,2024-05-03,Grand Total,12.50,NA\n", "row 4, column 'BeneficiaryName': this is a row of tot"),
        (GOOD + "X Council,2024-05-03,All,12.50,NA\n", "row 4, column 'Amount': the last row is the sum of all rows"),
        (GOOD + "Y Council,2024-05-03,Beta,1,NA\n", "row 4, column 'OrganisationLabel': the file holds payments of 2"),
        (GOOD.replace("321000", "991000"), "row 2, column 'ProclassCode': '991000' is not a code"),
        (GOOD.replace("Alpha Ltd", "Alpha, Ltd"), "row 2: 6 cells, and the heading has 5"),
        (GOOD.replace(",10.50", ""), "row 2: 4 cells, and the heading has 5"),
        (GOOD.replace("Alpha Ltd,10.50", "10.50,Alpha Ltd"), "row 2, column 'Amount': 'Alpha Ltd' is not an amount"),
        (GOOD.replace("BeneficiaryName", "Amount"), "row 1, column 'Amount': the heading stands twice"),
        (GOOD.replace("OrganisationLabel", "Supplier"), "row 1, column 'BeneficiaryName': it means the same as 'Sup"),
        (GOOD.replace("PaymentDate", "Service"), "row 1, column 'PaymentDate': the column is missing"),
        (GOOD.replace("Alpha", '"Alpha'), "cannot be read"),
        (GOOD.encode("utf-16"), "holds zero bytes"),
        (GOOD.replace("Alpha", "\x81\x8d").encode("latin-1"), "neither UTF-8 nor Windows-1252"),
        (HEAD, "there is no payment in it"),
        ("", "the file is empty"),
        (
            "Date,Payee,Amount,Category\n2024-04-23,A,1,ring 0161 496 0000\n",
            "row 2, column 'Category': the text looks like",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_row_and_column(tmp_path, text, says):
    with pytest.raises(DataError, match=rf"^payments\.csv: .*{says}"):
        council_payments.parse(put(tmp_path, text))


def test_a_file_of_windows_is_read_and_said(tmp_path):
    parsed = council_payments.parse(put(tmp_path, GOOD.replace("10.50", "£10.50").encode("cp1252")))
    assert parsed.rows["pence"].tolist() == [1050, 200]
    assert parsed.notes == ("payments.csv is not UTF-8: its text was read as Windows-1252.",)


@pytest.mark.parametrize("names", [[], ["a.csv", "b.csv"], ["a.xlsx"]])
def test_a_zip_that_does_not_hold_one_csv_is_refused(tmp_path, names):
    path = tmp_path / "payments.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name in names:
            packed.writestr(name, GOOD)
    with pytest.raises(DataError, match=rf"payments\.zip: the zip holds {len(names)} files, and must hold one CSV"):
        council_payments.parse(path)


def test_a_broken_zip_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"payments\.zip: the zip cannot be opened"):
        council_payments.parse(put(tmp_path, b"PK\x03\x04 and no more", "payments.zip"))


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "payments.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.csv", GOOD)
    monkeypatch.setattr(council_payments._strict, "LARGEST", 50)
    with pytest.raises(DataError, match="more than 50"):
        council_payments.parse(path)


def test_a_line_in_two_files_is_refused(tmp_path):
    one = council_payments.parse(put(tmp_path, GOOD, "payments-a.csv"))
    two = council_payments.parse(put(tmp_path, HEAD + GOOD.splitlines()[2] + "\n", "payments-b.csv"))
    with pytest.raises(DataError, match=r"payments-b\.csv: row 2: the line stands in payments-a\.csv too"):
        council_payments.joined({"payments-a.csv": one, "payments-b.csv": two})


@pytest.mark.parametrize(
    ("reads", "says"),
    [
        ({"financial_year": "2023-24"}, r"row 2, column 'PaymentDate': the payment is not of 2023-24"),
        ({"gbp": "13.50"}, r"2 lines and £12\.50, but data/sources/trafford-payments\.yml says otherwise"),
        ({"rows": 3}, "2 lines and"),
    ],
)
def test_a_source_that_says_another_year_or_total_is_refused(tmp_path, reads, says):
    path = put(tmp_path, GOOD)
    source = catalogue.load_source(paths.SOURCES / "trafford-payments.yml")
    right = {"area_code": "E08000009", "financial_year": "2024-25", "rows": 2, "gbp": "12.50"}
    file = source.files[0].model_copy(update={"name": path.name, "reads": right | reads})
    with pytest.raises(DataError, match=says):
        council_payments.tallies(tmp_path, source.model_copy(update={"files": (file,)}))


def test_parts_that_do_not_add_up_are_refused():
    records = [
        {"period": PERIOD, "breakdown": "total", "part": "all", "rows": 2, "gbp": 3.0},
        {"period": PERIOD, "breakdown": "month", "part": "2024-04", "rows": 2, "gbp": 2.99},
    ]
    with pytest.raises(DataError, match=r"month of 2024-04-01/P1Y: gbp add up to 2\.99, not to the total"):
        _tally.long(records, "E08000009", "payments.csv", "")
