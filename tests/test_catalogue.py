"""Every YAML is checked as it is added, and a bad one is refused in a sentence."""

from __future__ import annotations

import pytest
import yaml

from helpers import catalogue, paths, readers
from helpers.schemas import DataError

INDICATORS = sorted(paths.INDICATORS.glob("*.yml"))
SOURCES = sorted(paths.SOURCES.glob("*.yml"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_each_source_is_whole(path):
    source = catalogue.load_source(path)
    assert source.reader in readers.names()
    assert source.files


@pytest.mark.parametrize("path", INDICATORS, ids=lambda p: p.stem)
def test_each_indicator_is_whole(path):
    assert catalogue.load_indicator(path).id == path.stem


def changed(tmp_path, original, **changes):
    content = yaml.safe_load(original.read_text(encoding="utf-8")) | changes
    path = tmp_path / original.name
    path.write_text(yaml.safe_dump({k: v for k, v in content.items() if v is not None}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"polarityy": "low is good"}, "key 'polarityy' is not known. Use one of: title"),
        ({"polarity": "good"}, "key 'polarity': 'good'"),
        ({"chapter": "need"}, "key 'chapter': 'need'"),
        ({"theme": "school days"}, "theme 'school days' is not known"),
        ({"unit": "percent"}, "unit 'percent' is not known"),
        ({"unit": None}, "key 'unit' is missing"),
        ({"source": "dfe"}, "source 'dfe' has no file in data/sources"),
    ],
)
def test_a_bad_indicator_is_refused(tmp_path, changes, says):
    with pytest.raises(DataError) as error:
        catalogue.load_indicator(changed(tmp_path, paths.INDICATORS / "rereferrals.yml", **changes))
    assert says in str(error.value) and "rereferrals.yml" in str(error.value)


def test_an_undeclared_polarity_is_no_judgement(tmp_path):
    path = changed(tmp_path, paths.INDICATORS / "adult_obesity.yml", polarity=None)
    assert catalogue.load_indicator(path).polarity == "no judgement"


@pytest.mark.parametrize("licence", ["all rights reserved", "CC-BY-NC-4.0", ""])
def test_a_source_without_an_open_licence_is_refused(tmp_path, licence):
    with pytest.raises(DataError, match="not known to be open"):
        catalogue.load_source(changed(tmp_path, paths.SOURCES / "ons-els.yml", licence=licence))


def test_broken_yaml_is_refused(tmp_path):
    path = tmp_path / "x.yml"
    path.write_text("title: [", encoding="utf-8")
    with pytest.raises(DataError, match=r"x\.yml: is not YAML"):
        catalogue.load_indicator(path)
