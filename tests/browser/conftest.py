"""A real Chromium, and the built book behind a server on this machine only."""

from __future__ import annotations

import functools
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import sync_playwright

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


# what a strict server sends; the pages carry the same themselves
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


class _Strict(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture(scope="session")
def address(built):
    """The address of the book of the golden localities, on a server that sends a strict Content-Security-Policy."""
    handler = functools.partial(_Strict, directory=str(built / "book" / "_build" / "html"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium where there is one, else the one that playwright installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def policy():
    """What the server sends."""
    return POLICY


@pytest.fixture(scope="session")
def kinds(built):
    """One page of each kind, the chapters of Trafford among them."""
    site = built / "book" / "_build" / "html"
    chapters = sorted((site / "localities" / "trafford").glob("*.html"))
    assert len(chapters) >= 6
    return [
        "index.html", "how-to-read.html", "methods.html", "glossary.html", "accessibility.html", "attribution.html",
        "across-localities.html", "regions/north-west.html", "search.html?q=trafford",
        "localities/cumbria/overview.html", "localities/cumbria/needs.html", *(path.relative_to(site).as_posix() for path in chapters),
    ]  # fmt: skip


@pytest.fixture
def visit(chromium, address):
    """Open a page at a width; at the end of the test, nothing may have left this machine or failed."""
    contexts, strayed, failed = [], [], []

    def open_page(path: str = "index.html", width: int = 1300, **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: None if r.url.startswith((address, "data:")) else strayed.append(r.url))
        page.on("response", lambda r: failed.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.add_init_script(
            "window.refused = []; document.addEventListener('securitypolicyviolation',"
            " e => window.refused.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))"
        )
        page.on("console", lambda m: failed.append(m.text) if m.type in ("error", "warning") else None)
        page.goto(f"{address}/{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert strayed == [], "requests left the site"
    assert failed == [], "scripts or requests failed"
