"""A real Dask scheduler and real workers, processes of their own on this machine's loopback: for tests and figures."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time

SECONDS = 60  # for a scheduler to be there


class Loopback:
    """One scheduler and the workers that were started for it, each a Popen; logs and scratch are in `folder`."""

    def __init__(self, folder):
        self.folder = folder
        self.workers: list[subprocess.Popen] = []
        where = folder / "scheduler.json"
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(where)]
        self.scheduler = self._start("scheduler", options)
        until = time.monotonic() + SECONDS
        self.address = ""
        while not self.address:
            assert self.scheduler.poll() is None and time.monotonic() < until, (folder / "scheduler.log").read_text()
            with contextlib.suppress(OSError, ValueError):  # not yet there, or not yet whole
                self.address = json.loads(where.read_text())["address"]
            time.sleep(0.1)

    def _start(self, what, options, name="", **environment):
        with open(self.folder / f"{name or what}.log", "w") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{what}", *options],
                cwd=self.folder,  # not in the repository, whose files a worker must not find by chance
                env={k: v for k, v in os.environ.items() if k != "HANDBOOK_ROOT"} | environment,
                stdout=log,
                stderr=log,
            )

    def worker(self, *options, **environment):
        """Start a worker that runs one notebook at a time."""
        name = f"worker{len(self.workers)}"
        known = ["--host", "127.0.0.1", "--no-dashboard", "--nthreads", "1", "--memory-limit", "0", "--name", name]
        known += ["--local-directory", str(self.folder / name), "--death-timeout", str(SECONDS)]
        self.workers.append(self._start("worker", [self.address, *known, *options], name, **environment))
        return self.workers[-1]

    def stop(self):
        """End each process that was started here, and wait for it."""
        for process in [*self.workers, self.scheduler]:
            process.terminate()
        for process in [*self.workers, self.scheduler]:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def loopback(folder):
    """Yield a Loopback whose processes have all ended afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    started = Loopback(folder)
    try:
        yield started
    finally:
        started.stop()
