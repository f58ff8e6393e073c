"""The guard on published text: what must be caught, and ordinary sentences that must not."""

from __future__ import annotations

import pytest

from helpers import guard

CAUGHT = {
    # the examples of names, numbers and addresses are made up or set aside for fiction (Ofcom's 0161 496, NHS 943 476)
    "write to jo.bloggs@example.org": "an e-mail address",
    "jo (at) example dot org or jo(at)example.org": "an e-mail address",
    "ring 0161 496 0000": "a telephone number",
    "ring (0161) 496-0000 after six": "a telephone number",
    "mobile 07700 900123": "a telephone number",
    "+44 7700 900123": "a telephone number",
    "NHS 943 476 5919": "an NHS number",
    "9434765919": "an NHS number",
    "her number is AB 12 34 56 C": "a National Insurance number",
    "ab123456c": "a National Insurance number",
    "we met at M33 7ZZ": "a full postcode",
    "sw1a1aa": "a full postcode",
    "she lives at 14 Acacia Avenue": "an address",
    "born 3 May 2001": "a date of birth",
    "DOB: 03/05/2001": "a date of birth",
    "find me @joeyb99": "the name of an account",
    "Mrs Patel said so": "what looks like the name of a person",
    "Dr. Khan knows": "what looks like the name of a person",
    "my daughter Keisha": "what looks like the name of a person",
    "my name is Zed": "what looks like the name of a person",
    "then Sarah Bloggs came": "what looks like the name of a person",
    "“Mohammed Example” told us": "what looks like the name of a person",
    "then SARAH BLOGGS came": "what looks like the name of a person",
    "Sarah B. runs it": "what looks like the name of a person",
    "Laura McExample and Kevin O'Sample": "what looks like the name of a person",
    "Sarah told us to stay": "what looks like the name of a person",
    "it was Keith's daughter": "what looks like the name of a person",
    "write to jo at example dot org": "an e-mail address",
    "７７００ ９００１２３ or 07700/900123": "a telephone number",
    "mobile 7700900123": "a telephone number",
    "Ｍ33 7ZZ": "a full postcode",
    "M33-7ZZ": "a full postcode",
    "AB-12-34-56-C": "a National Insurance number",
}
FREE = (
    "There is nowhere to go with a buggy when it rains.",
    "Buses stop at 7 in the evening; 40% of us work later.",
    "People in M33 and M41 wait longest.",
    "12,345 visits in 2024-25, 1,200 more than in 2023-24",
    "The Council and the NHS do not share what they know.",
    "Grace and hope are what we need, and a will to begin.",
    "Families in North Trafford and Sale West",
    "Section 17 of the Children Act 1989",
    "Help ends on the day a child turns five",
    "St Mary Church hall, Thomas Park and Elizabeth House are used",
    "2025-04-23 to 2026-03-31",
    "0 of 12 answered; 01/04/2025",
    "Victoria Baths, George Street and Victoria Station",
    "MARK every answer; Dawn to dusk; the King George V field; Queen Elizabeth II hospital",
    "7,700,900,123 pounds and 7700 900 visits",
    "look at the dot on the map",
)


@pytest.mark.parametrize(("text", "found"), CAUGHT.items())
def test_what_points_at_a_person_is_caught(text, found):
    assert found in guard.faults(text)


@pytest.mark.parametrize("text", FREE)
def test_ordinary_sentences_pass(text):
    assert guard.faults(text) == []


def test_no_message_repeats_the_text():
    for text in CAUGHT:
        words = {w.strip(".,:()“”").lower() for w in text.split()}
        for said in guard.faults(text):
            assert not {w for w in words if len(w) > 3 and any(c.isdigit() or c.isupper() for c in w)} & set(
                said.split()
            )


def test_the_check_digit_of_an_nhs_number():
    assert "an NHS number" not in guard.faults("reference 943 476 5918")
    assert "an NHS number" in guard.faults("reference 401 023 2137")  # the NHS data dictionary's own example


def test_names_of_organisations_are_not_people():
    assert guard.faults("Thomas Moore Trust", names=False) == []
    assert guard.faults("Thomas Moore Trust") != []
