"""Grants by the 360Giving standard: the real files to the penny, and small bad files refused with row and column."""

from __future__ import annotations

import csv
import json
from collections import Counter
from decimal import Decimal

import pytest

from helpers import catalogue, paths, schemas
from helpers.readers import grants360
from helpers.schemas import DataError

NAME = "trafford_council_voluntary_sector_grants"
HEAD = "Identifier,Currency,Amount Awarded,Award Date,Recipient Org:Identifier,Beneficiary Location:Geographic Code\n"
GOOD = HEAD + "g1,GBP,100.50,2024-04-23,GB-CHC-1,E05015240\ng2,GBP,20,2024-05-03,org-2,\n"
SPAN = "2012-04-01/P13Y"


@pytest.fixture(scope="module")
def given(raw):
    return json.loads((raw / "trafford" / f"{NAME}.json").read_bytes(), parse_float=Decimal)["grants"]


@pytest.fixture(scope="module")
def sums(raw):
    source = catalogue.load_source(paths.SOURCES / "trafford-grants.yml")
    table = schemas.validate(grants360.tallies(raw / "trafford", source), schemas.TALLY, "trafford-grants.csv")
    return table.set_index(["period", "breakdown", "part", "measure"])["value"]


def test_the_total_and_each_year_are_the_files_to_the_penny(given, sums):
    assert sums[SPAN, "total", "all grants", "rows"] == len(given) == 555
    assert Decimal(str(sums[SPAN, "total", "all grants", "gbp"])) == sum(g["amountAwarded"] for g in given)
    years = Counter()
    for grant in given:
        year, month = int(grant["awardDate"][:4]), int(grant["awardDate"][5:7])
        years[f"{year - (month < 4)}-04-01/P1Y"] += Decimal(grant["amountAwarded"])
    assert {y: Decimal(str(sums[y, "total", "all grants", "gbp"])) for y in years} == dict(years)


def test_recipients_and_places_are_the_files(given, sums):
    recipients, charities = Counter(), Decimal(0)
    for grant in given:
        (organisation,) = grant["recipientOrganization"]
        recipients[organisation["id"]] += Decimal(grant["amountAwarded"])
        if "charityNumber" in organisation:
            charities += Decimal(grant["amountAwarded"])
    largest = sum(sorted(recipients.values(), reverse=True)[:10])
    assert Decimal(str(sums[SPAN, "recipient_band", "The 10 largest", "gbp"])) == largest
    assert Decimal(str(sums[SPAN, "recipient_kind", "Gives a charity number", "gbp"])) == charities
    assert {p["geoCode"] for g in given for p in g["beneficiaryLocation"]} == {"E08000009"}
    assert sums[SPAN, "place", "E08000009", "rows"] == 555


def test_the_csv_says_what_the_json_says(raw):
    one, two = (grants360.parse(raw / "trafford" / f"{NAME}.{ending}") for ending in ("json", "csv"))
    assert one.drop(columns="row").equals(two.drop(columns="row"))
    with open(raw / "trafford" / f"{NAME}.csv", encoding="utf-8-sig", newline="") as stream:
        assert two["pence"].sum() == sum(Decimal(r["Amount Awarded"]) for r in csv.DictReader(stream)) * 100


def test_no_recipient_is_in_the_figures(given):
    text = (paths.FIGURES / "trafford-grants.csv").read_text(encoding="utf-8")
    for grant in given:
        (organisation,) = grant["recipientOrganization"]
        assert not [v for v in organisation.values() if len(v) > 7 and v in text]


def put(folder, text, name="grants.csv"):
    path = folder / name
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    return path


def grant(**changes):
    return {
        "id": "g1",
        "currency": "GBP",
        "amountAwarded": 100.5,
        "awardDate": "2024-04-23T00:00:00Z",
        "recipientOrganization": [{"id": "GB-COH-1", "name": "A"}],
        "beneficiaryLocation": [{"geoCode": "E05015240"}, {"geoCode": "E05015241"}],
    } | changes


def test_the_forms_of_the_standard(tmp_path):
    person = grant(id="g2", recipientIndividual=[{"id": "p-1", "name": "Somebody"}], beneficiaryLocation=[])
    del person["recipientOrganization"]
    found = grants360.parse(put(tmp_path, {"grants": [grant(), person]}, "grants.json"))
    assert found["pence"].tolist() == [10050, 10050]
    assert found["kind"].tolist() == ["Gives a company number only", "A person"]
    assert found["place"].tolist() == ["Several places", "No place given"]
    assert "Somebody" not in found.to_csv()
    text = GOOD.replace("Beneficiary Location:", "Beneficiary Location:0:").replace(
        "Recipient Org:", "Recipient Org:0:"
    )
    found = grants360.parse(put(tmp_path, text))
    assert found["place"].tolist() == ["E05015240", "No place given"]
    assert found["kind"].tolist() == ["Gives a charity number", "Gives neither number"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("Award Date", "Date"), "row 1, column 'Date': the column is not in the 360Giving standard"),
        (GOOD.replace("Award Date", "URL"), "row 1, column 'Award Date': the column is missing"),
        (GOOD.replace("100.50", "a lot"), "row 2, column 'Amount Awarded': 'a lot' is not an amount"),
        (GOOD.replace("100.50", "-5"), "row 2, column 'Amount Awarded': '-5' is not an amount"),
        (
            GOOD.replace("2024-04-23", "03/04/2024"),
            "row 2, column 'Award Date': '03/04/2024' may be two different days",
        ),
        (GOOD.replace("2024-05-03", "2024"), "row 3, column 'Award Date': '2024' is not a date"),
        (GOOD.replace("g2", "g1"), "row 3, column 'Identifier': the identifier stands in row 2 too"),
        (GOOD.replace("GBP,20", "EUR,20"), "row 3, column 'Currency': 'EUR' is not GBP"),
        (
            GOOD.replace("E05015240", "Hale"),
            "row 2, column 'Beneficiary Location:Geographic Code': the place is not a GSS",
        ),
        (GOOD.replace("org-2", ""), "row 3, column 'Recipient Org:Identifier': no recipient"),
        (GOOD.replace("g2,", "g2,,"), "row 3: 7 cells, and the heading has 6"),
        (HEAD, "there is no grant in it"),
    ],
)
def test_a_bad_csv_is_refused_with_its_row_and_column(tmp_path, text, says):
    with pytest.raises(DataError, match=rf"^grants\.csv: .*{says}"):
        grants360.parse(put(tmp_path, text))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"grants": [grant(wage=1)]}, "row 1, column 'wage': the key is not in the 360Giving standard"),
        ({"grants": [grant(amountAwarded="100")]}, "row 1, column 'Amount Awarded'"),
        ({"grants": [grant(amountAwarded=True)]}, "row 1, column 'Amount Awarded'"),
        ({"grants": [grant(amountAwarded=1.005)]}, "row 1, column 'Amount Awarded'"),
        ({"grants": [grant(), grant()]}, "row 2, column 'Identifier'"),
        ({"grants": [grant(recipientOrganization="A")]}, "row 1: the recipient or the place is not in the form"),
        ({"award": []}, "there is no list of grants"),
        ('{"grants": [], "grants": []}', "cannot be read as JSON: a key stands twice"),
        ('{"grants": [{"amountAwarded": NaN}]}', "cannot be read as JSON: NaN is no number"),
        ("{", "cannot be read as JSON"),
    ],
)
def test_a_bad_json_is_refused(tmp_path, content, says):
    with pytest.raises(DataError, match=rf"^grants\.json: .*{says}"):
        grants360.parse(put(tmp_path, content, "grants.json"))


def test_a_grant_in_two_files_is_refused(tmp_path):
    one, two = (
        grants360.parse(put(tmp_path, GOOD)),
        grants360.parse(put(tmp_path, {"grants": [grant()]}, "grants.json")),
    )
    with pytest.raises(
        DataError, match=r"grants\.json: row 1, column 'Identifier': the grant stands in grants\.csv too"
    ):
        grants360.joined({"grants.csv": one, "grants.json": two})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"release_date": "2024-05-01"}, "row 3, column 'Award Date': awarded after the file was released"),
        ({"reads": {"area_code": "E08000009", "rows": 2, "gbp": "1.00"}}, r"2 grants and £120\.50, but"),
    ],
)
def test_a_source_that_says_another_year_or_total_is_refused(tmp_path, changes, says):
    put(tmp_path, GOOD)
    source = catalogue.load_source(paths.SOURCES / "trafford-grants.yml")
    right = {"name": "grants.csv", "reads": {"area_code": "E08000009", "rows": 2, "gbp": "120.50"}}
    file = source.files[0].model_copy(update=right | changes)
    with pytest.raises(DataError, match=says):
        grants360.tallies(tmp_path, source.model_copy(update={"files": (file,)}))
