"""Take the pictures that the README shows, from the built book: five kinds of page at two widths."""

from __future__ import annotations

import shutil
import sys

from playwright.sync_api import sync_playwright

from helpers import paths
from helpers.pdf import NAMES

FOLDER = paths.ROOT / ".github" / "screenshots"
PAGES = {
    "landing": "index.html",
    "overview": "localities/{}/overview.html",
    "needs": "localities/{}/needs.html",
    "spend": "localities/{}/spend.html",
    "recommendations": "localities/{}/recommendations.html",
}
WIDTHS = {"wide": (1300, 690), "phone": (380, 760)}
LIMIT = 150_000  # bytes


def main(slug: str = "trafford") -> None:
    if not (paths.SITE / "localities" / slug).exists():
        sys.exit(f"No book of {slug} is built. Run: make book ONLY={slug}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    browser_path = next((path for n in NAMES if (path := shutil.which(n))), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        for kind, (width, height) in WIDTHS.items():
            for name, page_name in PAGES.items():
                page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
                page.goto((paths.SITE / page_name.format(slug)).as_uri())
                page.wait_for_load_state("networkidle")
                if name in ("needs", "spend"):  # the first chart is what these pages are for
                    page.evaluate(
                        "window.scrollBy(0, document.querySelector('figure.hb-chart').getBoundingClientRect().top - 160)"
                    )
                    page.wait_for_selector("figure.hb-drawn")
                target = FOLDER / f"{name}-{kind}.png"
                page.screenshot(path=target)
                size = target.stat().st_size
                if size > LIMIT:
                    sys.exit(f"{target.name} has {size:,} bytes, more than {LIMIT:,}")
                print(f"{paths.shown(target)}  {size:,} bytes")
                page.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
