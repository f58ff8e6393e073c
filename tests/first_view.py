"""Measure how soon a page can be read on a slow machine: `python tests/first_view.py [slug]`, on the built book.

Each page is opened afresh from a server on this machine, 380 pixels wide, the processor four times slower; told are
Chromium's own first contentful paint (the median and the worst of five) and what was sent until then. It is no test: the
numbers are of the machine and of what else it was doing. What a page may weigh is tested in tests/browser/test_policy.py.
"""

from __future__ import annotations

import functools
import os
import shutil
import statistics
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import sync_playwright

from helpers import paths
from helpers.pdf import NAMES

ROUNDS, SLOWER = 5, 4
PAINT = "performance.getEntriesByName('first-contentful-paint')"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def main(slug: str = "trafford") -> None:
    if not (paths.SITE / "localities" / slug).exists():
        sys.exit(f"No book of {slug} is built. Run: make book ONLY={slug}")
    pages = ["index.html", *(f"localities/{slug}/{c}.html" for c in ("overview", "needs", "spend", "outcomes"))]
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(paths.SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    print(f"Load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("| page | first view, median | worst |\n|---|---|---|")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for path in pages:
            paints = []
            for _ in range(ROUNDS):
                context = browser.new_context(viewport={"width": 380, "height": 800})  # nothing in its cache
                page = context.new_page()
                context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
                page.goto(f"http://127.0.0.1:{server.server_port}/{path}")
                page.wait_for_function(f"{PAINT}.length")
                paints.append(page.evaluate(f"{PAINT}[0].startTime"))
                context.close()
            print(f"| {path} | {statistics.median(paints):,.0f} ms | {max(paints):,.0f} ms |", flush=True)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
