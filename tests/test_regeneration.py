"""The committed figures are exactly what the readers make of the publishers' files."""

from __future__ import annotations

import os

from helpers import paths, sources


def test_the_figures_regenerate_byte_for_byte(raw, tmp_path):
    done = sources.ingest(raw, tmp_path)
    made = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    committed = {p.name: p.read_bytes() for p in paths.FIGURES.iterdir()}
    assert sorted(made) == sorted(committed)
    different = [name for name in made if made[name] != committed[name]]
    assert not different
    for source in done:
        assert source.considered == source.kept + sum(source.dropped.values())


def test_the_figures_stay_small():
    size = sum(p.stat().st_size for p in paths.FIGURES.iterdir())
    assert size < 16_000_000


def test_nothing_is_written_when_one_source_is_wrong(raw, tmp_path):
    """A folder in which one file is not the one described: refused by its hash, and no figure is touched."""
    origin, target = tmp_path / "origin", tmp_path / "figures"
    origin.mkdir()
    for folder in raw.iterdir():
        if folder.is_dir() and folder.name != "ons-gdp-deflator":
            os.symlink(folder, origin / folder.name)
    (origin / "ons-gdp-deflator").mkdir()
    (origin / "ons-gdp-deflator" / "ybgb.csv").write_text("changed")
    import pytest

    from helpers.schemas import DataError

    with pytest.raises(DataError, match=r"ons-gdp-deflator/ybgb\.csv: sha256 is"):
        sources.ingest(origin, target)
    assert not target.exists()
