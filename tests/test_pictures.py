"""The still pictures of charts: small, the same each time, drawn once, and each fault told with its chart."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from xml.etree import ElementTree

import pytest

from helpers import charts, links, pictures, svg, vega
from helpers.schemas import DataError

YEARS = [f"{year}/{year - 1999}" for year in range(2015, 2025)]
SVG = "{http://www.w3.org/2000/svg}"


def values(names=("Trafford", "England", "Neighbours' median"), unit="pct"):
    return [
        {"period": y, "who": who, "value": None if y == "2019/20" else 50 + 3 * k + i % 4, "shown": "a value"}
        for k, who in enumerate(names)
        for i, y in enumerate(YEARS)
    ]


def trend(names=("Trafford", "England", "Neighbours' median"), unit="pct") -> str:
    return str(charts.trend(values(names), list(names), YEARS, "It rose.", "It rose from 50 to 53.", unit))


def notebook(path, *figures):
    cells = [
        {
            "cell_type": "code", "source": "show()", "metadata": {}, "execution_count": 1,
            "outputs": [{"output_type": "display_data", "data": {"text/html": figure}, "metadata": {}}],
        }
        for figure in figures
    ]  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def card(figure: str) -> str:
    return f'<article class="hb-card">{figure}</article>'


def broken() -> str:
    body = json.dumps({"data": {"values": [{"a": 1}]}, "mark": "no such mark", "encoding": {"x": {"field": "a"}}})
    name = hashlib.sha256(body.encode()).hexdigest()[:12]
    return (
        f'<figure class="hb-chart" id="chart-{name}"><div class="hb-canvas"></div>'
        f'<script type="application/json" class="hb-spec">{body}</script></figure>'
    )


def specification(figure: str) -> str:
    return pictures.FIGURE.search(figure)[2]


def words(text: str) -> list[str]:
    return [element.text for element in ElementTree.fromstring(text).iter(f"{SVG}text")]


def test_a_picture_says_what_the_specification_says():
    (text,) = pictures.picture(specification(trend()))
    said = words(text)
    assert {"2015/16", "2024/25", "Trafford", "England", "Neighbours' median"} <= set(said)  # first and last period
    assert not {word for word in said if "/" in word} - set(YEARS)
    # a dot for each of the place's own values that is there, and none for the missing year
    assert len(list(ElementTree.fromstring(text).iter(f"{SVG}circle"))) == len(YEARS) - 1
    assert pictures._size(text) == [340, int(ElementTree.fromstring(text).get("height"))]


def test_pounds_are_written_as_pounds():
    (text,) = pictures.picture(specification(trend(unit="gbp")))
    assert "£50" in "".join(words(text)) and "$" not in text


def test_a_picture_is_small_and_holds_only_drawing():
    for figure in (trend(), trend(names=('<script>alert("1")</script>', "England", "Neighbours' median"))):
        (text,) = pictures.picture(specification(figure))
        assert len(text) < 5000
        assert not re.search(r"\d\.\d\d", text), "numbers have one decimal"
        assert not re.search(r"<script|style=|href|aria-|role=|class=| on\w+=", text)


def test_a_long_name_does_not_run_out_of_a_picture():
    long = "Bournemouth, Christchurch and Poole"
    (text,) = pictures.picture(specification(trend(names=(long, "England", "Neighbours' median"))))
    assert long in words(text) and pictures._size(text)[0] == 340
    heights = [pictures._size(pictures.picture(specification(trend(n)))[0])[1] for n in [("Bath",), (long, long + "!")]]
    assert heights[0] < heights[1], "the legend has two rows"


def test_a_chart_with_the_page_to_itself_has_a_wide_picture_too(tmp_path):
    cards = f"<div>{card(trend())}</div>"
    alone = str(charts.bars([{"label": "A", "value": 1e6, "shown": "£1m"}], "A", "A"))
    sizes = pictures.draw([notebook(tmp_path / "a.ipynb", cards + alone)], tmp_path / "cache")
    assert [[width for width, _ in of] for of in sizes.values()] == [[340], [340, 720]]
    both = [notebook(tmp_path / f"{n}.ipynb", html) for n, html in enumerate((cards, trend(), cards))]
    (of,) = pictures.draw(both, tmp_path / "cache").values()
    assert [width for width, _ in of] == [340, 720]
    assert [width for width, _ in pictures.draw(both[:1], tmp_path / "cache").popitem()[1]] == [340]


def test_slim_keeps_what_is_seen_and_refuses_what_it_does_not_know():
    source = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9" '
        'viewBox="0 0 9 9"><g transform="translate(1,2)"><text opacity="0">gone</text><g transform="translate(0.25,1)">'
        '<text transform="translate(3,4.06)" font-size="12px" fill="#123456">kept &amp; well</text></g></g>{}</svg>'
    )
    slim = svg.slim(source.format(""))
    assert "gone" not in slim and "kept &amp; well" in slim and 'x="3" y="4.1"' in slim
    with pytest.raises(DataError, match="<script>"):
        svg.slim(source.format("<script>alert(1)</script>"))


def test_each_distinct_chart_is_drawn_once_and_twice_gives_the_same_bytes(tmp_path, monkeypatch):
    one = notebook(tmp_path / "a" / "needs.ipynb", card(trend()), card(trend(unit="gbp")))
    two = notebook(tmp_path / "b" / "needs.ipynb", card(trend()))
    sizes = pictures.draw([one, two], tmp_path / "first")
    assert len(sizes) == 2
    files = {p.relative_to(tmp_path / "first"): p for p in (tmp_path / "first").rglob("*.svg")}
    assert len(files) == 2
    assert pictures.draw([one, two], tmp_path / "second") == sizes
    assert all((tmp_path / "second" / name).read_bytes() == path.read_bytes() for name, path in files.items())
    stamps = {path: path.stat().st_mtime_ns for path in files.values()}
    with monkeypatch.context() as patch:
        patch.setattr(pictures, "ProcessPoolExecutor", None)  # no engine is started where nothing is to draw
        assert pictures.draw([one, two], tmp_path / "first") == sizes
    assert {path: path.stat().st_mtime_ns for path in files.values()} == stamps
    next(iter(files.values())).unlink()  # as a person may
    assert pictures.draw([one, two], tmp_path / "first") == sizes
    assert all(path.exists() for path in files.values())


def test_a_broken_chart_is_named_with_its_notebook(tmp_path):
    path = notebook(tmp_path / "needs.ipynb", card(trend()), broken())
    name = re.search(r"chart-[0-9a-f]{12}", broken())[0]
    with pytest.raises(DataError) as caught:
        pictures.draw([path], tmp_path / "cache")
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].startswith(f"needs.ipynb: {name} could not be drawn: ")
    assert len(list((tmp_path / "cache").rglob("*.svg"))) == 1, "the other chart is kept"


def test_a_chart_that_would_read_another_file_is_refused():
    body = json.dumps({"data": {"url": "http://127.0.0.1:9/x.csv"}, "mark": "bar", "encoding": {}})
    with pytest.raises(ValueError, match="another file"):
        pictures.picture(body)


def test_an_id_that_is_not_the_hash_is_refused(tmp_path):
    path = notebook(tmp_path / "needs.ipynb", re.sub(r"chart-[0-9a-f]{12}", "chart-0123456789ab", trend()))
    with pytest.raises(DataError, match="is not the hash of its chart"):
        pictures.draw([path], tmp_path / "cache")


def test_only_pictures_in_use_are_published_and_whole(tmp_path):
    one, two = card(trend()), card(trend(unit="gbp"))
    path = notebook(tmp_path / "needs.ipynb", one, two)
    cache, site = tmp_path / "cache", tmp_path / "site"
    pictures.publish(pictures.draw([path], cache), site, cache)
    assert len(list(site.rglob("*.svg"))) == 2
    sizes = pictures.draw([notebook(path, one)], cache)
    (site / "pictures" / "00").mkdir(exist_ok=True)
    (site / "pictures" / "00" / "00.part").write_text("<svg")  # what a killed run left
    pictures.publish(sizes, site, cache)
    (name,) = sizes
    assert [p.name for p in site.rglob("*.*")] == [f"{name}.svg"]
    assert len(list(cache.rglob("*.svg"))) == 2, "the cache keeps it"


def test_the_cache_stays_within_its_limit_and_keeps_what_is_used(tmp_path):
    for number, name in enumerate(("old/00/a.svg", "now/00/b.svg", "now/00/c.svg")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x" * 100)
        os.utime(path, (number, number))
    (tmp_path / "now/00/.writing-1").touch()
    pictures._trim(tmp_path, {"now/00/c.svg"}, limit=2)
    assert [p.name for p in sorted(tmp_path.rglob("*.*"))] == ["b.svg", "c.svg"]
    pictures._trim(tmp_path, {"now/00/c.svg"}, limit=0)
    assert [p.name for p in tmp_path.rglob("*.*")] == ["c.svg"]


def test_a_killed_run_leaves_no_half_picture(tmp_path):
    path = notebook(tmp_path / "needs.ipynb", *(card(trend((f"Place {n}", "England"))) for n in range(150)))
    code = (
        "from pathlib import Path; from helpers import pictures\n"
        f"if __name__ == '__main__': pictures.draw([Path({str(path)!r})], Path({str(tmp_path / 'cache')!r}))"
    )
    script = tmp_path / "run.py"
    script.write_text(code)
    run = subprocess.Popen([sys.executable, script], start_new_session=True)
    until = time.monotonic() + 60
    while time.monotonic() < until and len(list((tmp_path / "cache").rglob("*.svg"))) < 5:
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    there = list((tmp_path / "cache").rglob("*.svg"))
    assert 5 <= len(there) < 150
    for file in there:
        ElementTree.fromstring(file.read_text(encoding="utf-8"))
    assert len(pictures.draw([path], tmp_path / "cache")) == 150


@pytest.mark.slow
def test_every_chart_of_the_book_has_its_picture(built):
    site = built / "book" / "_build" / "html"
    pages = {p: p.read_text(encoding="utf-8") for p in (site / "localities" / "sheffield").glob("*.html")}
    seen = named = 0
    for page, text in pages.items():
        for name, body in pictures.FIGURE.findall(text):
            shown = re.search(
                rf'<img class="hb-picture" src="([^"]*{name}\.svg)" alt="" width="(\d+)" height="(\d+)"', text
            )
            drawn = (page.parent / shown[1]).resolve().read_text(encoding="utf-8")
            assert pictures._size(drawn) == [int(shown[2]), int(shown[3])]
            spec = json.loads(body)
            axes = [layer.get("encoding", {}).get("x", {}) for layer in spec.get("layer", [spec])]
            for axis in axes:
                if axis.get("type") == "ordinal" and axis.get("scale", {}).get("domain"):
                    assert axis["scale"]["domain"][-1] in words(drawn), "the last period is named"
                    named += 1
            seen += 1
    assert seen > 50 and named > 50
    assert 'style="' not in "".join(re.findall(r"<(?:img|picture|source)[^>]*>", "".join(pages.values())))
    used = {name for page in site.rglob("*.html") for name in re.findall(r"pictures/(\S+?\.svg)", page.read_text())}
    assert used == {p.relative_to(site / "pictures").as_posix() for p in (site / "pictures").rglob("*.svg")}


def test_a_missing_picture_is_a_broken_link(tmp_path):
    (tmp_path / "index.html").write_text(
        '<!DOCTYPE html><html lang="en"><body><picture><source srcset="pictures/00/a-narrow.svg">'
        '<img class="hb-picture" src="pictures/00/a.svg" alt=""></picture></body></html>'
    )
    with pytest.raises(DataError) as caught:
        links.check(tmp_path)
    assert len(caught.value.faults) == 2 and "leads to a file that is not there" in caught.value.faults[0]


def drawn_in(font: str, engine: str) -> str:
    """Return a word in a font as a process of its own draws it, which reads the fonts once."""
    text = {"text": {"value": "will"}, "font": {"value": font}, "fontSize": {"value": 40}}
    spec = {"width": 200, "height": 60, "marks": [{"type": "text", "encode": {"enter": text}}]}
    code = f"import hashlib; {engine}; print(hashlib.sha256(engine.vega_to_png({spec})).hexdigest())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_the_fonts_of_the_machine_are_not_used():
    own, machines = "from helpers.vega import engine; engine = engine()", "import vl_convert as engine"
    assert drawn_in(pictures.FONT, own) != drawn_in("No Such Font", own)
    stranger = "DejaVu Sans Mono"  # which vl-convert does not bring
    if drawn_in(stranger, machines) == drawn_in("No Such Font", machines):
        pytest.skip(f"this machine has no {stranger}")
    assert drawn_in(stranger, own) == drawn_in("No Such Font", own)


def test_a_browser_still_finds_the_fonts_of_the_machine(monkeypatch):
    for setting in (None, "/etc/fonts/fonts.conf"):
        monkeypatch.setenv(vega.SETTING, setting) if setting else monkeypatch.delenv(vega.SETTING, raising=False)
        vega.engine.cache_clear()
        vega.engine()
        assert os.environ.get(vega.SETTING) == setting
