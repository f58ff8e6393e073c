"""Places resolve to one code, or stop with the successor or the nearest match."""

from __future__ import annotations

import pytest

from helpers import geography
from helpers.geography import PlaceError


@pytest.fixture(scope="module")
def register():
    return geography.load()


def test_the_register_holds_every_upper_tier_authority_of_england_and_every_council_of_the_other_nations(register):
    kinds = register.localities["area_code"].str[:3].value_counts().to_dict()
    # as the Office for National Statistics counts them since April 2023
    assert kinds == {"E06": 63, "E08": 36, "E09": 33, "E10": 21, "S12": 32, "W06": 22, "N09": 11}
    assert len(register.england) == 153
    assert register.england["region"].nunique() == 9
    assert set(register.localities["region"]) - set(register.england["region"]) == {
        *("Wales", "Scotland", "Northern Ireland"),
    }


def test_districts_are_the_current_296_and_their_predecessors(register):
    assert (register.districts["current"] == "yes").sum() == 296


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("trafford", "E08000009"),
        ("Trafford ", "E08000009"),
        ("e08000009", "E08000009"),
        ("Bristol, City of", "E06000023"),
        ("St. Helens", "E08000013"),
        ("orkney islands", "S12000023"),
        ("Armagh City, Banbridge and Craigavon", "N09000002"),
    ],
)
def test_a_name_slug_or_code_resolves(register, text, code):
    assert register.resolve(text) == code


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("E08000019", "new code in 2025. Use E08000039 (Sheffield)"),
        ("Cumbria", "Use E06000063 (Cumberland), E06000064 (Westmorland and Furness)"),
        ("E10000009", "abolished in 2019. Use E06000059 (Dorset)"),
        ("E07000223", "is a district"),
        ("Allerdale", "Use E06000063 (Cumberland)"),
        ("sheffeild", "Did you mean: sheffield"),
        ("herefordshire", "Did you mean: herefordshire-county-of"),
        ("North West", "is a region"),
        ("wales", "is a nation (W92000004), not a locality"),
        ("S92000003", "is Scotland, not a locality"),
        ("S12000046", "new code in 2019. Use S12000049 (Glasgow City)"),
        ("E12000002", "is North West, not a locality"),
        ("E99999999", "is not the GSS code of a locality"),
        ("", "is not a locality"),
    ],
)
def test_what_cannot_be_used_names_what_can(register, text, says):
    with pytest.raises(PlaceError) as error:
        register.resolve(text)
    assert says in str(error.value)


def test_recodes_keep_the_ground(register):
    assert register.recodes["E08000016"] == "E08000038"
    assert register.recodes["E10000023"] == "E06000065"
    assert "E10000006" not in register.recodes  # Cumbria was divided
    assert "E10000009" not in register.recodes  # Dorset lost Christchurch
