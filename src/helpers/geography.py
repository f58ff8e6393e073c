"""Places: the register of localities, their districts and regions, recodes and reorganisations."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

import pandas as pd

from . import own_places, paths, schemas

ENGLAND, UK = "E92000001", "K02000001"
NATIONS = {
    # first letter of a GSS code: the nation's code and name
    "E": (ENGLAND, "England"),
    "W": ("W92000004", "Wales"),
    "S": ("S92000003", "Scotland"),
    "N": ("N92000002", "Northern Ireland"),
}
OWN_COLUMNS = [*schemas.LOCALITIES.columns, "nation", "fictional"]


class PlaceError(ValueError):
    """A place that cannot be used, said with its successor or the nearest match."""


@dataclass(frozen=True)
class Register:
    """The places of one edition: localities, districts (any vintage since 2011) and changes of area.

    `localities` are those that public figures know, and the only ones that anything is compared with. `own` are
    places that bring evidence of their own (own_places), fictional ones among them: they have pages and no more.
    """

    localities: pd.DataFrame  # schemas.LOCALITIES; for Wales, Scotland and Northern Ireland the region is the nation
    districts: pd.DataFrame  # schemas.DISTRICTS
    changes: pd.DataFrame  # schemas.AREA_CHANGES
    own: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=OWN_COLUMNS))
    postcodes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*schemas.POSTCODE_DISTRICTS.columns]))

    @cached_property
    def names(self) -> dict[str, str]:
        """Return {area code: name} of the United Kingdom, its nations, England's regions and every place."""
        nations = dict(NATIONS.values())
        every = {row["area_code"]: row["name"] for row in self._places.values()}
        return {UK: "United Kingdom", **nations, **self.regions, **every}

    @cached_property
    def england(self) -> pd.DataFrame:
        """Return the localities of England: those that figures of the Departments of State can be held against."""
        return self.localities[self.localities["region_code"].str.startswith("E")]

    @cached_property
    def regions(self) -> dict[str, str]:
        """Return {code: name} of England's regions and the other nations, in the order of the codes."""
        pairs = zip(self.localities["region_code"], self.localities["region"], strict=True)
        return dict(sorted(set(pairs)))

    @cached_property
    def recodes(self) -> dict[str, str]:
        """Return {old code: new code} where the ground is the same."""
        same = self.changes[self.changes["kind"].isin(["recode", "same_boundary"])]
        return dict(zip(same["old_code"], same["new_code"], strict=True))

    @cached_property
    def locality_of(self) -> dict[str, str]:
        """Return {district code of any vintage: code of the locality it lies in now}."""
        return dict(zip(self.districts["district_code"], self.districts["locality_code"], strict=True))

    @cached_property
    def _changes(self) -> dict[str, list[dict]]:
        found: dict[str, list[dict]] = {}
        for row in self.changes.sort_values(["year", "old_name"]).to_dict("records"):
            found.setdefault(row["new_code"], []).append(row)
        return found

    @cached_property
    def _places(self) -> dict[str, dict]:
        rows = self.localities.to_dict("records")
        for row in rows:
            row |= {"nation": NATIONS[row["region_code"][0]][1], "fictional": False}
        return {row["area_code"]: row for row in (*rows, *self.own.to_dict("records"))}

    @cached_property
    def places(self) -> pd.DataFrame:
        """Return every place that has pages: the localities, then those with evidence of their own."""
        return pd.DataFrame(list(self._places.values()), columns=OWN_COLUMNS)

    def place(self, area_code: str) -> dict:
        """Return {column of schemas.LOCALITIES: value} of one place, its nation, and whether it is fictional.

        Raises PlaceError.
        """
        if area_code not in self._places:
            raise PlaceError(f"{area_code} is not the GSS code of a locality in this edition.")
        return self._places[area_code]

    def predecessors(self, area_code: str) -> list[dict]:
        """Return the changes of area that made this locality, oldest first, as records of schemas.AREA_CHANGES."""
        return self._changes.get(area_code, [])

    def resolve(self, text: str) -> str:
        """Return the GSS code of the locality that `text` (name, slug or GSS code) means.

        Raises PlaceError that names the successor of an abolished area, the upper tier of a district, or
        the nearest names of one that is misspelt.
        """
        wanted = text.strip()
        code = wanted.upper()
        if re.match(schemas.AREA_CODE, code):
            return self._resolve_code(code)
        slug = paths.slugify(wanted)
        hit = self.places.loc[self.places["slug"] == slug, "area_code"]
        if len(hit):
            return hit.iloc[0]
        old = self.changes[self.changes["old_name"].map(paths.slugify) == slug]
        if len(old):
            raise PlaceError(f"'{text}' {self._successors(old)}")
        district = self.districts[self.districts["district"].map(paths.slugify) == slug]
        if len(district):
            raise PlaceError(self._wrong_tier(district.iloc[0]))
        for region_code, region in self.regions.items():
            if paths.slugify(region) == slug:
                raise PlaceError(
                    f"'{text}' is a {'region' if region_code.startswith('E') else 'nation'} ({region_code}), not a"
                    " locality. Run `handbook list` for its localities."
                )
        slugs = self.places["slug"].tolist()
        near = [s for s in slugs if slug and slug in s][:3] or difflib.get_close_matches(slug, slugs, n=3, cutoff=0.5)
        hint = f" Did you mean: {', '.join(near)}?" if near else ""
        raise PlaceError(f"'{text}' is not a locality in this edition.{hint} Run `handbook list` for all of them.")

    def _resolve_code(self, code: str) -> str:
        if code in self._places:
            return code
        old = self.changes[self.changes["old_code"] == code]
        if len(old):
            raise PlaceError(f"{code} {self._successors(old)}")
        district = self.districts[self.districts["district_code"] == code]
        if len(district):
            raise PlaceError(self._wrong_tier(district.iloc[0]))
        if code in self.regions or code in (ENGLAND, UK):
            raise PlaceError(f"{code} is {self.names[code]}, not a locality. Run `handbook list` for the localities.")
        near = difflib.get_close_matches(code, self.localities["area_code"].tolist(), n=3, cutoff=0.6)
        named = ", ".join(f"{c} ({self.names[c]})" for c in near)
        hint = f" Nearest: {named}." if near else ""
        raise PlaceError(f"{code} is not the GSS code of a locality in this edition.{hint}")

    def _successors(self, changes: pd.DataFrame) -> str:
        first = changes.iloc[0]
        new = ", ".join(f"{row.new_code} ({row.new_name})" for row in changes.itertuples())
        what = "was given a new code" if first["kind"] == "recode" else f"({first['old_name']}) was abolished"
        return f"{what} in {first['year']}. Use {new}."

    def _wrong_tier(self, district: pd.Series) -> str:
        parent = district["locality_code"]
        was = "is" if district["current"] == "yes" else "was"
        return (
            f"{district['district_code']} ({district['district']}) {was} a district, and this handbook is about upper-tier"
            f" and unitary authorities. Use {parent} ({self.names[parent]})."
        )


def load(folder: Path = paths.FIGURES, local: Path = paths.LOCAL) -> Register:
    """Read the register from data/figures, and the places with evidence of their own from data/local.

    Raises DataError.
    """
    known = Register(
        localities=schemas.read(folder / "localities.csv", schemas.LOCALITIES),
        districts=schemas.read(folder / "districts.csv", schemas.DISTRICTS),
        changes=schemas.read(folder / "area_changes.csv", schemas.AREA_CHANGES),
    )
    if (folder / "postcode_districts.csv").exists():  # a source may give none
        districts = schemas.read(folder / "postcode_districts.csv", schemas.POSTCODE_DISTRICTS)
        known = replace(known, postcodes=districts)
    return replace(known, own=_own(known, own_places.read(local)))


def _own(known: Register, packs: dict[str, own_places.Pack]) -> pd.DataFrame:
    """Return the places of `packs`: no region, so no figures of one, and no kind of council."""
    rows, faults = [], []
    for slug, pack in packs.items():
        name, code = pack.place.name, pack.place.code
        if paths.slugify(name) != slug:
            faults.append(
                f"data/local/{slug}/pack.yml: place: name: {name} needs the folder '{paths.slugify(name)}'. Rename one."
            )
        if slug in set(known.localities["slug"]) or code in set(known.localities["area_code"]):
            faults.append(
                f"data/local/{slug}/pack.yml: place: a locality is called so. Leave `place` out, or rename it."
            )
        kind = "fictional place" if pack.fictional else "place"
        rows.append([code, name, slug, kind, "", "", pack.place.nation, pack.fictional])
    if faults:
        raise schemas.DataError(faults)
    return pd.DataFrame(rows, columns=OWN_COLUMNS)


@cache
def register() -> Register:
    """Return the register of the clone, read once."""
    return load()
