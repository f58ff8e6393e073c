"""A pack from its templates to what is read: an empty one, a half-filled one, and one with every fault."""

from __future__ import annotations

import csv

import pytest
from typer.testing import CliRunner

from helpers import catalogue, pack, schemas
from helpers.cli import app
from helpers.pack import TABLES, templates
from workbooks import xlsx


@pytest.fixture
def folder(tmp_path):
    """A pack just as `handbook new-pack` leaves it."""
    templates.write(tmp_path / "trafford", "E08000009", "Trafford")
    return tmp_path / "trafford"


def fill(folder, table, *rows):
    """Write a table of a pack: records; columns left out are empty."""
    names = TABLES[table].names
    with open(folder / f"{table}.csv", "w", encoding="utf-8", newline="") as stream:
        out = csv.DictWriter(stream, names, restval="")
        out.writeheader()
        out.writerows(rows)


PROGRAMME = {"programme": "start", "name": "Family Start", "theme": "family", "design": "none"}
PERSON = {
    **{
        "person": "p1",
        "programme": "start",
        "provider": "a",
        "arm": "programme",
        "year": "2024-25",
        "need_band": "high",
    },
    **dict.fromkeys(("eligible", "referred", "enrolled", "completed"), "yes"),
    **{"outcome_claimed": "yes", "outcome_verified": "yes"},
}


def faults(folder):
    return pack.examine(folder)[1]


def test_a_pack_as_it_is_handed_out_is_empty_and_without_fault(folder):
    own = pack.read(folder)
    assert set(own.tables) == set(TABLES)
    assert not any(own.has(name) for name in TABLES)
    assert sorted(own.public().withheld) == ["claims", "participants"]


def test_templates_survive_a_spreadsheet_that_writes_days_and_months_its_own_way(folder):
    """Excel in the United Kingdom saves 2022-04-25 as 25/04/2022, and 2025-04 as Apr-25."""
    for table in TABLES.values():
        kinds = [c.kind for c in table.columns]
        with open(folder / f"{table.name}.csv", encoding="utf-8-sig", newline="") as stream:
            head, row = csv.reader(stream)
        for n, kind in enumerate(kinds):
            if kind == "day" and row[n]:
                row[n] = "/".join(reversed(row[n].split("-")))
            if kind == "step" and row[n]:
                row[n] = "Apr-25"
        with open(folder / f"{table.name}.csv", "w", encoding="cp1252", newline="") as stream:
            csv.writer(stream).writerows([head, row])
    own = pack.read(folder)
    assert not any(own.has(name) for name in TABLES)


def test_every_example_is_valid_by_the_rules_of_its_column(folder):
    """Without the mark of an example each template must read as data, and link up."""
    for name in TABLES:
        path = folder / f"{name}.csv"
        text = path.read_text(encoding="utf-8-sig")
        path.write_text(text.replace("example-", "my-").replace("Example: ", ""), encoding="utf-8")
    own, found = pack.examine(folder)
    assert len(found) == 1 and "works_with" in found[0]  # the example of a tie names a second organisation
    assert all(len(own.table(name)) == 1 for name in TABLES)
    known = set(catalogue.indicators())
    for table in TABLES.values():
        for column in table.columns:
            if column.kind == "indicator":
                assert set(own.table(table.name)[column.name]) <= known | {""}


def test_the_dictionary_names_every_column_in_plain_words(folder):
    with open(folder / "data-dictionary.csv", encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(r["table"], r["column"]) for r in rows] == [(t.name, c.name) for t in TABLES.values() for c in t.columns]
    assert all(r["what to write"] and r["kind"] and r["what one row is"] for r in rows)


def test_new_pack_never_writes_over_somebodys_work(folder):
    fill(folder, "programmes", PROGRAMME)
    (folder / "fast.csv").rename(folder / "fast.xlsx")
    before = (folder / "programmes.csv").read_bytes()
    done = templates.write(folder, "E08000009", "Trafford")
    assert not done["programmes.csv"] and not done["fast.csv"] and not (folder / "fast.csv").exists()
    assert (folder / "programmes.csv").read_bytes() == before


def test_a_half_filled_pack_is_read_as_far_as_it_goes(folder):
    fill(folder, "programmes", PROGRAMME)
    (folder / "ties.csv").unlink()
    own = pack.read(folder)
    assert own.table("programmes").loc[2, "name"] == "Family Start"
    assert own.table("ties").empty and list(own.table("ties")) == list(TABLES["ties"].names)


def test_results_about_people_need_an_agreement(folder):
    fill(folder, "programmes", PROGRAMME)
    fill(folder, "participants", PERSON)
    own = pack.read(folder)
    assert own.has("participants") and not own.public().has("participants")
    text = (folder / "pack.yml").read_text(encoding="utf-8")
    entry = "\nagreement:\n- {table: participants, who: Trafford Council, role: controller, when: 2025-04-23, for_what: counts}"
    (folder / "pack.yml").write_text(text.replace("\nagreement: []", entry), encoding="utf-8")
    assert pack.read(folder).public().has("participants")


def test_an_example_that_was_changed_is_a_fault(folder):
    path = folder / "programmes.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace("Family Start", "Our own"), encoding="utf-8")
    assert any("begins with 'example'" in f and "row 2" in f for f in faults(folder))


BROKEN = {
    # table: (records, words of each fault that must be found)
    "programmes": ([PROGRAMME | {"end": "2020-01-01", "start": "2024-01-01"}], ["ends before it starts"]),
    "programme_costs": (
        [{"programme": "gone", "financial_year": "2024-25", "cost_gbp": "1", "funder": "Council"}],
        ["does not stand in programmes"],
    ),
    "participants": (
        [
            PERSON | {"referred": "no"},
            PERSON | {"person": "p2", "outcome_claimed": "no"},
            PERSON | {"person": "943 476 5919"},
        ],
        ["'enrolled' is yes and 'referred' is no", "was not claimed", "holds an NHS number"],
    ),
    "claims": (
        [
            {
                "programme": "start",
                "provider": "a",
                "period": "2024-25",
                "claimed": "5",
                "audit_sample": "9",
                "audit_confirmed": "10",
            }
        ],
        ["more claims stood than were checked", "more claims were checked than made"],
    ),
    "outcome_values": (
        [
            {
                "programme": "start",
                "lane": "social",
                "what": "Less worry",
                "low_gbp": "9",
                "high_gbp": "1",
                "proxy": "claimed",
                "source": "Us",
            }
        ],
        ["low value is above"],
    ),
    "organisations": (
        [{"organisation": "x", "name": "X", "type": "club", "sector": "community", "asked": "no", "answered": "yes"}],
        ["answered and was not asked"],
    ),
    "fast": (
        [
            {
                "series": "s",
                "indicator": "rereferrals",
                "unit": "families",
                "counts": "yes",
                "better": "low",
                "period": p,
                "value": v,
            }
            for p, v in (("2025-04", "8"), ("2025-04-07", "8"), ("2025-06", "8.5"))
        ],
        ["both months and weeks", "not a number of people"],
    ),
    "barriers": (
        [
            {
                "barrier": "b",
                "rule": "Ask Sarah Bloggs on 07700 900123",
                "legal_level": "local",
                "status": "found",
                "protects_rights": "no",
            }
        ],
        ["name of a person", "telephone number"],
    ),
}


@pytest.mark.parametrize("table", BROKEN)
def test_each_contradiction_is_found_with_its_row_and_remedy(folder, table):
    fill(folder, "programmes", PROGRAMME)
    rows, wanted = BROKEN[table]
    fill(folder, table, *rows)
    found = faults(folder)
    for words in wanted:
        assert any(words in f and f.split("/")[-1].startswith(f"{table}.csv: row ") for f in found), found
    if TABLES[table].about:  # what stands in a table about people is never shown
        for row in rows:
            assert not any(
                len(v) > 4 and v in f
                for v in row.values()
                if v not in TABLES[table].names
                for f in found
                if v == "943 476 5919"
            )


def test_every_fault_of_every_file_in_one_go(folder):
    fill(folder, "programmes", PROGRAMME | {"design": "magic"}, PROGRAMME | {"evidence_level": "7"})
    fill(folder, "sessions", {"session": "s1", "date": "03/04/2025"})
    (folder / "pack.yml").write_text("fictional: perhaps\nagreement: [{table: gone}]\ncolour: red\n")
    (folder / "people.csv").write_text("a\n1\n")
    (folder / "ties.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    (folder / "barriers.ods").write_bytes(b"no workbook")
    found = faults(folder)
    for words in (
        *("not one of the words", "must be at least 1 and at most 5", "two different days", "neither true nor false"),
        *("'colour'", "entry 1 does not have just", "people.csv: no table", "ties.xls", "barriers.ods"),
    ):
        assert any(words in f for f in found), (words, found)
    with pytest.raises(schemas.DataError) as error:
        pack.read(folder)
    assert error.value.faults == found
    assert all(f.startswith("trafford/") for f in found)  # which file of which pack


def test_no_message_shows_a_cell_of_a_table_about_people(folder):
    secret = "Zebedee"  # pragma: allowlist secret
    fill(folder, "participants", dict.fromkeys(TABLES["participants"].names, f"{secret}!"))
    fill(folder, "listening", dict.fromkeys(TABLES["listening"].names, f"{secret}!"))
    found = faults(folder)
    assert len(found) > 10
    assert not [f for f in found if secret.lower() in f.lower()]


def test_names_in_what_people_said_are_refused(folder):
    fill(
        folder,
        "sessions",
        {
            "session": "s1",
            "date": "2025-04-03",
            "place": "North",
            "method": "walk",
            "people": "9",
            "who": "parents",
            "consent": "themes only",
        },
    )
    row = {"session": "s1", "passage": "1", "theme": "play", "direction": "need", "coder": "a"}
    fill(folder, "listening", row | {"quote": "Mrs Patel at 14 Acacia Avenue never answers"})
    found = [f for f in faults(folder) if "listening.csv: row 2, column 'quote'" in f]
    assert len(found) == 2
    assert not [f for f in found if "Patel" in f or "Acacia" in f]


def test_a_workbook_of_a_pack(folder):
    (folder / "shared_measures.csv").unlink()
    rows = [["Indicator", "Agreed on", "Who"], ["rereferrals", "23/04/2025", "Council and NHS"]]
    xlsx(folder / "Shared measures.xlsx", {"Sheet1": rows})
    assert pack.read(folder).table("shared_measures").iloc[0].tolist() == [
        "rereferrals",
        "2025-04-23",
        "Council and NHS",
    ]


def test_the_burden_of_staff(folder):
    item = {"asked_of": "worker", "times_a_year": "240", "minutes": "2"}
    fill(
        folder,
        "data_items",
        item | {"item": "Date"},
        item | {"item": "Postcode", "held_elsewhere": "CRM", "minutes": ""},
    )
    found = pack.burden(pack.read(folder))
    assert (found["items"], found["asked_anew"], found["held_elsewhere"], found["without_minutes"]) == (2, 1, 1, 1)
    assert found["hours_a_year"] == pytest.approx(240 * 2 / 60)


def test_the_commands_as_the_readme_tells_them(tmp_path):
    def run(*words):
        return CliRunner().invoke(app, words)

    made = run("new-pack", "Trafford", "--to", str(tmp_path))
    assert made.exit_code == 0 and "files written" in made.output
    folder = tmp_path / "trafford"
    done = run("check", str(folder))
    assert done.exit_code == 0 and "no fault found" in done.output and "burden" in done.output
    fill(folder, "programmes", PROGRAMME | {"design": "magic"})
    done = run("check", str(folder))
    assert done.exit_code == 1
    assert "trafford/programmes.csv: row 2, column 'design'" in done.output
    assert "1 fault found" in done.output
    assert run("new-pack", "Nowhere", "--to", str(tmp_path)).exit_code == 1


def test_a_real_row_may_have_the_key_of_the_example_above_it(folder):
    """The example of these two tables begins with a word that a real row may need too."""
    for table, row in (
        ("conditions", ["common agenda", "absent", "", "2025-06-24"]),
        ("shared_measures", ["rereferrals", "2025-02-15", "Council and NHS"]),
    ):
        with open(folder / f"{table}.csv", "a", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerow(row)
    own, found = pack.examine(folder)
    assert not found
    assert own.table("conditions")["state"].tolist() == ["absent"]
    assert own.table("shared_measures")["agreed_on"].tolist() == ["2025-02-15"]
    assert {c["account"] for c in own.counts if c["table"] == "conditions"} == {"2 rows: 1 read, 1 example"}


def test_a_row_with_one_fault_is_looked_at_for_persons_too(folder):
    fill(folder, "sessions", {"session": "s1", "date": "soon", "place": "14 Acacia Avenue"})
    found = [f for f in faults(folder) if "row 2" in f]
    assert any("column 'date'" in f for f in found) and any("an address" in f for f in found)


@pytest.mark.parametrize(("table", "column"), [("participants", "person"), ("listening", "coder")])
def test_a_name_is_no_pseudonym(folder, table, column):
    fill(folder, "programmes", PROGRAMME)
    fill(
        folder,
        "sessions",
        {
            "session": "s1",
            "date": "2025-05-20",
            "place": "North",
            "method": "walk",
            "people": 9,
            "who": "parents",
            "consent": "none",
        },
    )
    said = {"session": "s1", "passage": "s1-1", "theme": "waits", "direction": "need", "coder": "a"}
    row = PERSON if table == "participants" else said
    fill(folder, table, row)
    assert not faults(folder)
    fill(folder, table, row | {column: "Jane Bloggs"})
    (found,) = faults(folder)
    assert "name of a person" in found and "made-up id" in found and "Jane" not in found


def test_a_check_of_a_pack_finds_faults_in_its_money_too(folder):
    (folder / "contracts.csv").write_text("contract,provider\nOne,Two\n", encoding="utf-8")
    (folder / "payments-2025.csv").write_text("Supplier,Amount\nOne,many\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["check", str(folder)])
    assert done.exit_code == 1
    assert "contracts.csv: row 1, column 'who_for': the column is missing" in done.output
    assert "payments-2025.csv" in done.output


def test_no_more_people_say_something_than_were_there(folder):
    session = {"session": "s1", "date": "2025-05-20", "place": "North", "method": "walk", "people": 9, "who": "parents"}
    fill(folder, "sessions", session | {"consent": "themes only"})
    said = {"session": "s1", "passage": "p1", "theme": "waits", "direction": "need", "coder": "a"}
    fill(folder, "listening", said | {"people": 9}, said | {"passage": "p2"})
    assert not faults(folder)
    fill(folder, "listening", said | {"people": 10})
    (found,) = faults(folder)
    assert "listening.csv: row 2, columns session, people: more people said it than took part" in found
