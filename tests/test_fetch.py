"""Downloads against a server on the loopback that misbehaves as servers do: nothing wrong is ever kept."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import re
import ssl
import threading
import time

import pytest
import trustme

from helpers import catalogue, fetch
from helpers.catalogue import File
from helpers.schemas import DataError

BODY = b"area,value\n" + b"".join(b"E%08d,%d\n" % (n, n) for n in range(20_000))
DAY = "Tue, 03 Mar 2026 10:00:00 GMT"
LIMITS = fetch.Limits(size=1_000_000, silence=1, seconds=6, attempts=3, wait=0.01)


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        getattr(self, self.path.strip("/").partition("/")[0].replace("-", "_"))()

    def answer(self, body, status=200, length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def good(self):
        self.answer(BODY, Last_Modified=DAY)

    def redirect(self):
        self.answer(b"", 302, Location="/good")

    def elsewhere(self):
        self.answer(b"", 302, Location="https://elsewhere.example/file.csv")

    def plain(self):
        self.answer(b"", 302, Location=f"http://127.0.0.1:{self.server.server_port}/good")

    def loop(self):
        self.answer(b"", 302, Location="/loop")

    def half(self):
        """Break off in the middle, and go on when asked to, as servers with ETags do."""
        begin = int(re.search(r"\d+", self.headers.get("Range", "0"))[0])
        if begin and self.headers.get("If-Range") == '"one"':
            self.answer(BODY[begin:], 206, Content_Range=f"bytes {begin}-{len(BODY) - 1}/{len(BODY)}")
        else:
            self.answer(BODY[: len(BODY) // 2], length=len(BODY), ETag='"one"')

    def replaced(self):
        """Break off, and have another file when asked to go on."""
        if len(self.server.asked) == 1:
            self.answer(b"x" * 1000, length=len(BODY), ETag='"old"')
        else:
            self.answer(BODY, ETag='"new"')

    def truncated(self):
        self.answer(BODY[:5000], length=len(BODY))

    def short_length(self):
        self.answer(BODY, length=5000)

    def stalls(self):
        self.answer(BODY[:5000], length=len(BODY))
        time.sleep(3)

    def drips(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(200):
            self.wfile.write(b"a\n")
            self.wfile.flush()
            time.sleep(0.1)

    def busy(self):
        if len(self.server.asked) < 3:
            self.answer(b"", 503)
        else:
            self.good()

    def missing(self):
        self.answer(b"", 404)

    def page(self):
        self.answer(b"<!DOCTYPE html><title>Page not found</title>", Content_Type="text/csv")

    def large(self):
        self.answer(b"", length=2_000_000)

    def endless(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(2000):
            self.wfile.write(b"a" * 1000)

    def packed(self):
        self.answer(gzip.compress(BODY), Content_Encoding="gzip")


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that hangs up is what these tests are about."""


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def server(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    started = Quiet(("127.0.0.1", 0), Server)
    started.asked = []
    started.socket = context.wrap_socket(started.socket, server_side=True)
    thread = threading.Thread(target=started.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield started
    started.shutdown()
    started.server_close()


@pytest.fixture
def trusted(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def file_at(server, path, body=BODY):
    address = f"https://127.0.0.1:{server.server_port}/{path}"
    known = {"name": "file.csv", "release_date": "2026-03-03", "release_date_basis": "made up for a test"}
    return File(**known, sha256=hashlib.sha256(body).hexdigest(), url=address)


def get(server, path, target, trusted, **more):
    return fetch.download(file_at(server, path), target, {"127.0.0.1"}, LIMITS, trusted, **more)


@pytest.mark.parametrize("path", ["good", "redirect", "half", "replaced", "busy"])
def test_a_file_comes_whole_by_whatever_way(server, trusted, tmp_path, path):
    got = get(server, path, tmp_path / "file.csv", trusted)
    assert (tmp_path / "file.csv").read_bytes() == BODY
    assert got.size == len(BODY)
    assert [p.name for p in tmp_path.iterdir()] == ["file.csv"]


def test_the_day_of_the_last_change_is_kept(server, trusted, tmp_path):
    assert get(server, "good", tmp_path / "file.csv", trusted).last_modified == "2026-03-03"


def test_a_download_that_broke_off_is_taken_up_where_it_stopped(server, trusted, tmp_path):
    get(server, "half", tmp_path / "file.csv", trusted)
    first, second = (headers for _, headers in server.asked)
    assert "Range" not in first
    assert second["Range"] == f"bytes={len(BODY) // 2}-"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("elsewhere", "not an https address on a host of this source"),
        ("plain", "not an https address on a host of this source"),
        ("loop", "sent on more than 5 times"),
        ("truncated", "cannot be downloaded"),
        ("short-length", "sha256 is"),
        ("stalls", "cannot be downloaded"),
        ("drips", "took more than 6 s"),
        ("missing", "404"),
        ("page", "the server sent a web page"),
        ("large", "larger than 1,000,000 bytes"),
        ("endless", "larger than 1,000,000 bytes"),
        ("packed", "packed as gzip"),
    ],
)
def test_what_is_wrong_is_refused_with_the_reason_and_not_kept(server, trusted, tmp_path, path, says):
    (tmp_path / "file.csv").write_text("the file before")
    with pytest.raises(DataError, match=re.escape(says)):
        get(server, path, tmp_path / "file.csv", trusted)
    assert (tmp_path / "file.csv").read_text() == "the file before"


def test_an_answer_that_is_not_ours_to_ask_again_is_asked_once(server, trusted, tmp_path):
    with pytest.raises(DataError):
        get(server, "missing", tmp_path / "file.csv", trusted)
    assert len(server.asked) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(server, tmp_path):
    with pytest.raises(DataError, match="CERTIFICATE_VERIFY_FAILED"):
        get(server, "good", tmp_path / "file.csv", None)
    assert not server.asked


def test_a_new_file_is_kept_only_when_asked_for(server, trusted, tmp_path):
    old = file_at(server, "good", b"the release before")
    with pytest.raises(DataError, match="handbook fetch --current"):
        fetch.download(old, tmp_path / "file.csv", {"127.0.0.1"}, LIMITS, trusted)
    got = fetch.download(old, tmp_path / "file.csv", {"127.0.0.1"}, LIMITS, trusted, current=True)
    assert got.sha256 == hashlib.sha256(BODY).hexdigest() != old.sha256


def test_a_web_page_is_never_kept_as_a_new_file(server, trusted, tmp_path):
    with pytest.raises(DataError, match="the server sent a web page"):
        get(server, "page", tmp_path / "file.csv", trusted, current=True)


def test_what_came_before_is_kept_for_the_next_run(server, trusted, tmp_path):
    with pytest.raises(DataError):
        get(server, "truncated", tmp_path / "file.csv", trusted)
    assert (tmp_path / ".file.csv.part").exists()
    get(server, "good", tmp_path / "file.csv", trusted)
    assert [p.name for p in tmp_path.iterdir()] == ["file.csv"]


def test_a_changed_layout_is_refused_with_what_changed(raw, tmp_path):
    source = next(s for s in catalogue.sources().values() if s.reader == "dfe_tidy")
    folder = raw / (source.folder or source.id)
    for file in source.files:
        (tmp_path / file.name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.name).symlink_to(folder / file.name)
    fetch.check_layout(source, tmp_path)
    first = tmp_path / source.files[0].name
    text = first.read_text(encoding="utf-8-sig")
    first.unlink()
    first.write_text(text.replace("time_period", "period_of_time", 1), encoding="utf-8")
    with pytest.raises(DataError) as refused:
        fetch.check_layout(source, tmp_path)
    assert "time_period" in str(refused.value)
    assert source.files[0].name in str(refused.value)


def test_the_whole_command_notes_what_came(server, trusted, tmp_path, monkeypatch):
    file = file_at(server, "good")
    source = catalogue.sources()["ons-gdp-deflator"].model_copy(update={"files": (file,)})
    monkeypatch.setattr(fetch.catalogue, "sources", lambda: {source.id: source})
    said = list(fetch.fetch(tmp_path, [], False, LIMITS, trusted))
    assert said == [f"{source.id}/file.csv: downloaded"]
    record = (tmp_path / (source.folder or source.id) / fetch.RECORD).read_text()
    assert file.sha256 in record and "2026-03-03" in record
    assert list(fetch.fetch(tmp_path, [], False, LIMITS, trusted)) == [f"{source.id}/file.csv: there already"]
