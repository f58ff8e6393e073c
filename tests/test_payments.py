"""Payments, grants and contracts on the page: the words carry the files' numbers, and nobody's contact details."""

from __future__ import annotations

import json

import pytest

from helpers import bundles, contracts, evidence, grants, local_money, paths, payments, provenance, settings
from helpers.schemas import DataError

TRAFFORD, SCILLY, SALFORD = "E08000009", "E06000053", "E08000006"
CANARIES = ("canary@example.org", "0161 496 0999", "99 Canary Wharf Lane", "M99 9ZZ", "Canary Person")
COLUMNS = ",".join(local_money.CONTRACTS) + "\n"
CONTRACT = 'Into work,Example Ltd,People out of work,01/04/2024,31/03/2027,"£1,200,000",40%,In work for 13 weeks,commissioner,no,no,yes\n'
SECOND = "At home,Example Trust,Children,2023-09-01,2026-08-31,not known,not known,Not in care,both,yes,not known,No\n"


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """Packs of two localities: one with all three files, planted with contact details; one with payments only."""
    folder = tmp_path_factory.mktemp("local")
    pack = folder / "salford"
    pack.mkdir()
    email, phone, street, postcode, person = CANARIES
    (pack / "payments-2024-25.csv").write_text(
        f'Date,Supplier Name,Amount,Description\n23/04/2024,{person},"1,000.50",{street} {postcode} {email} {phone}\n'
        "03/05/2024,Redacted,200.00,\n04/06/2024,Beta Ltd,(50.25),\n"
    )
    organisation = {"id": "GB-CHC-1", "name": person, "email": email, "telephone": phone, "contactName": person}
    organisation |= {"streetAddress": street, "postalCode": postcode, "description": " ".join(CANARIES)}
    place = {"geoCode": "E05013000", "name": street, "description": phone}
    grant = {"id": "1", "title": person, "description": email, "currency": "GBP", "amountAwarded": 500}
    grant |= {"awardDate": "2024-05-01", "recipientOrganization": [organisation], "beneficiaryLocation": [place]}
    grant |= {"contactEmail": email, "fundingOrganization": [organisation]}
    (pack / "grants-a.json").write_text(json.dumps({"grants": [grant]}))
    (pack / "grants-b.csv").write_text(
        "Identifier,Title,Currency,Amount Awarded,Award Date,Recipient Org:Identifier,Recipient Org:Name,Recipient Org:Email,"
        "Recipient Org:Street Address,Contact Telephone,Beneficiary Location:0:Geographic Code,"
        f'Beneficiary Location:1:Geographic Code\n2,{person},GBP,700.5,2022-06-01,org-2,{person},{email},"{street}, {postcode}",'
        f"{phone},E05013000,E05013001\n"
    )
    (pack / "contracts.csv").write_text(COLUMNS + CONTRACT + SECOND)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory, local):
    target = tmp_path_factory.mktemp("bundles")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundles.local_money.of_place, "__defaults__", (local,))
        list(bundles.build([TRAFFORD, SCILLY, SALFORD], settings.load()["edition"], target))
    return target


@pytest.fixture
def load(folder, monkeypatch):
    monkeypatch.setattr(evidence.paths, "BUNDLES", folder)
    return lambda code: evidence.load(code, **settings.load())


def test_the_page_of_trafford_tells_the_total_and_the_withheld_share(load):
    words = payments.payments(load(TRAFFORD))
    assert "holds £565.2 million net, in 210,068 lines and 12 of 12 months" in words
    assert (
        "<strong>Who got £92.9 million of it, 16.4%, is withheld by the council: 34,612 lines, 16.5% of all." in words
    )
    assert "All lines add up to £565,219,573.74" in words
    assert "charities and other voluntary organisations is not known" in words
    assert words.count('class="hb-chart"') == 2


def test_the_page_of_grants_warns_of_headquarters(load):
    words = grants.grants(load(TRAFFORD))
    assert "555 grants, £1.3 million" in words
    assert "none in the list" in words  # 2015-16: a gap is said
    assert "Which wards benefit is not known" in words
    assert payments.HEADQUARTERS in words


def test_the_sources_and_the_attribution_name_the_lists(load):
    assert "Payments to suppliers, 2024-25" in provenance.sources(load(TRAFFORD))
    assert "Trafford Council" in provenance.attribution(load(TRAFFORD))
    assert "Trafford Council" not in provenance.sources(load(SCILLY)) + provenance.attribution(load(SCILLY))


def test_a_place_that_supplied_nothing_says_how(load, folder):
    e = load(SCILLY)
    assert e.money == {} and not (folder / e.place["slug"] / "money.json").exists()
    for page, name in (
        (payments.payments, "payments-2024-25.csv"),
        (grants.grants, "grants.json"),
        (contracts.contracts, "contracts.csv"),
    ):
        words = page(e)
        assert "supplied" in words and "hb-gap" in words
        assert f"data/local/isles-of-scilly/{name}" in words


def test_a_places_own_files_give_the_same_tables(load):
    e = load(SALFORD)
    words = payments.payments(e)
    assert "holds £1,150 net, in 3 lines and 3 of 12 months" in words
    assert "Who got £200 of it, 17.4%, is withheld" in words
    assert "payments-2024-25.csv, which Salford&#x27;s own pack supplied" in words
    words = grants.grants(e)
    assert "2 grants, £1,200 in cash, awarded from 2022-23 to 2024-25 to 2 recipients." in words
    assert "Area E05013000" in words and "Several places in one grant" in words


def test_the_contracts_of_a_place(load):
    words = contracts.contracts(load(SALFORD))
    assert (
        "2 contracts pay by results. Of £1.2 million, £480,000 depends on results (1 of 2 give both figures)." in words
    )
    assert "In 1 of 2 results are not judged beside how hard people are to help." in words
    assert "In 1 of 2 no more is paid for people who are harder to help (not known of 1)." in words
    assert "2024-04-01 to 2027-03-31" in words


def test_no_contact_detail_reaches_a_bundle_or_a_page(load, folder):
    e = load(SALFORD)
    everything = "".join(p.read_text(encoding="utf-8") for p in folder.rglob("*.*"))
    everything += payments.payments(e) + grants.grants(e) + contracts.contracts(e)
    for canary in (*CANARIES, *(c.lower() for c in CANARIES), "Beta Ltd", "beta ltd"):
        assert canary not in everything


def test_names_in_contracts_are_escaped(load):
    e = load(SALFORD)
    e.money["contracts"]["rows"][0]["contract"] = "<script>alert(1)</script>"
    assert "<script>alert" not in contracts.contracts(e)


def test_only_what_was_released_by_the_edition_is_used():
    lists = local_money.published()
    assert set(local_money.of_place(TRAFFORD, "trafford", "2026-11-22", lists, paths.ROOT / "none")) == {
        "payments",
        "grants",
    }
    assert set(local_money.of_place(TRAFFORD, "trafford", "2025-01-01", lists, paths.ROOT / "none")) == {"grants"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (COLUMNS.replace("provider", "supplier"), "row 1, column 'supplier': the column is not known"),
        (COLUMNS.replace("provider,", ""), "row 1, column 'provider': the column is missing"),
        (
            COLUMNS + CONTRACT.replace("commissioner", "us"),
            "row 2, column 'measure_set_by': 'us' is not known. Use one of",
        ),
        (COLUMNS + CONTRACT.replace("40%", "140%"), "row 2, column 'paid_by_results_pct': 140% is more than 100%"),
        (COLUMNS + CONTRACT.replace("40%", "some"), "row 2, column 'paid_by_results_pct': 'some' is not a number"),
        (COLUMNS + CONTRACT.replace("31/03/2027", "31/03/2021"), "row 2, column 'end': it ends before it starts"),
        (COLUMNS + CONTRACT.replace("01/04/2024", "soon"), "row 2, column 'start' or 'end': 'soon' is not a date"),
        (COLUMNS + CONTRACT.replace("Example Ltd", ""), "row 2, column 'provider': the cell is empty"),
        (
            COLUMNS + CONTRACT.replace("Example Ltd", "a@b.org"),
            "row 2, column 'provider': the text looks like an e-mail",
        ),
        (COLUMNS + CONTRACT.replace("Example Ltd", "Ltd M32 0TH"), "row 2, column 'provider': the text looks like"),
        (COLUMNS + CONTRACT + CONTRACT, "row 3, column 'contract': the contract stands in row 2 too"),
    ],
)
def test_a_bad_table_of_contracts_is_refused(tmp_path, text, says):
    path = tmp_path / "contracts.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=rf"^contracts\.csv: {says}"):
        local_money.contracts(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("payments.csv", "Date,Supplier,Amount\n2024-04-23,A,much\n"),
        ("grants.json", "{"),
        ("contracts.csv", "contract\n"),
    ],
)
def test_a_fault_in_a_pack_names_the_pack(tmp_path, name, text):
    (tmp_path / "salford").mkdir()
    (tmp_path / "salford" / name).write_text(text)
    with pytest.raises(DataError, match=rf"^data/local/salford/{name}: "):
        local_money.of_place(SALFORD, "salford", "2026-11-22", local_money.published(), tmp_path)
