"""The pack of a locality is one PDF: every chapter, contents that tell the truth, links within it, and tags."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from pypdf import PdfReader

from helpers import pdf
from helpers.schemas import DataError


@pytest.mark.slow
@pytest.mark.browser
def test_contents_tell_the_page_on_which_each_chapter_begins(built, tmp_path):
    site = built / "book" / "_build" / "html"
    chapters = ["overview", "needs", "sources"]
    target = tmp_path / "trafford.pdf"
    with ThreadPoolExecutor(1) as apart:  # Playwright allows one browser a thread, and other tests have theirs
        task = apart.submit(pdf.write, "trafford", "Trafford", "E08000009", chapters, "2026-11-22", target, site)
        count = task.result()
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(target).pages]
    assert count == len(pages) > 6
    assert not [page for page in pages if "How this was made" in page]
    for chapter in chapters:
        told = int(pages[0].partition(f"{chapter.capitalize()} ")[2].split()[0])
        assert f"{chapter.capitalize()} of Trafford" in pages[told - 1] or chapter.capitalize() in pages[told - 1][:200]
    assert all(f"Page {n} of {count}" in page for n, page in enumerate(pages, 1))
    whole = PdfReader(target)
    assert whole.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert whole.trailer["/Root"]["/Lang"] == "en-GB"
    assert len(whole.outline) > 3
    links = [a.get_object() for page in whole.pages for a in page.get("/Annots", [])]
    addresses = {str(a["/A"]["/URI"]) for a in links if "/A" in a and "/URI" in a["/A"]}
    assert addresses and not [a for a in addresses if not a.startswith("https://")]
    assert not (site / "localities" / "trafford" / ".pack.html").exists()


def test_a_page_that_is_not_built_is_named_with_the_command(tmp_path):
    with pytest.raises(DataError, match=r"no page yet for needs\. Run: make book ONLY=leeds"):
        pdf.write("leeds", "Leeds", "E08000035", ["needs"], "2026-11-22", tmp_path / "x.pdf", tmp_path)
