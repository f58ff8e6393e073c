"""The parts of the project and their licences, as a table: python tests/licences.py."""

from __future__ import annotations

import csv
import re
import sys
from importlib import metadata

from helpers import paths

LOCK = (paths.ROOT / "requirements.txt").read_text(encoding="utf-8")
PARTS = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s\\]+)", LOCK, re.MULTILINE))
PERMISSIVE = {
    "0BSD", "Apache-2.0", "Apache 2.0", "Apache Software License", "Apache License, Version 2.0", "BSD", "BSD License", "BSD-2-Clause", "BSD-3-Clause",
    "CC0-1.0", "ISC License (ISCL)", "MIT", "MIT License", "PSF-2.0", "Python Software Foundation License", "Zlib",
    "MIT-0", "MIT-CMU", "ISC", "The Unlicense (Unlicense)", "Unlicense", "ZPL-2.1",
}  # fmt: skip
# Parts with another licence, and why they may be used. None of them is copied into what we publish.
REASONED = {
    "certifi": ("Mozilla Public License 2.0 (MPL 2.0)", "a list of certificates, used as it is; MPL binds its own files"),
    "axe-playwright-python": ("", "MIT in its licence file; it names none in its metadata. A test tool"),
    "fqdn": ("MPL-2.0", "looks at host names for a validator, used as it is; MPL binds its own files"),
    "hypothesis": ("MPL-2.0", "a test tool, used as it is; MPL binds its own files"),
    "docutils": ("Public Domain", "the GPL is of one editor mode that is not in the wheel"),
    "tqdm": ("MPL-2.0 AND MIT", "a progress bar, used as it is; MPL binds its own files"),
}  # fmt: skip


def licence_of(part):
    told = metadata.metadata(part)
    classifiers = [c.rpartition(":: ")[2] for c in told.get_all("Classifier") or [] if c.startswith("License")]
    return told.get("License-Expression") or " AND ".join(classifiers) or (told.get("License") or "").partition("\n")[0]


def permissive(licence):
    return all(
        any(word.strip(" ()") in PERMISSIVE or word in PERMISSIVE for word in choice.split(" OR "))
        for choice in licence.split(" AND ")
    )


if __name__ == "__main__":
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["part", "version", "licence", "why it may be used"])
    for part, version in sorted(PARTS.items()):
        licence, why = REASONED.get(part, (licence_of(part), "permissive"))
        table.writerow([part, version, licence_of(part) or licence or "none named", why])
