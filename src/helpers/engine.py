"""Run the cells of a notebook in a process forked from a warm server (papermill_engine.py is how papermill asks for it).

A stock kernel takes more than a second to start and to import pandas and Altair; a fork of a process that holds
them takes a few hundredths. Isolation is the operating system's: each notebook has a process of its own, which ends
with it. The outputs are those of a kernel, since IPython makes them: display_data, execute_result, streams, errors.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
import types
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from . import beforehand, orphans
from .schemas import DataError

CELL_SECONDS = 120
NOTEBOOK_SECONDS = 300
NOTEBOOK_BYTES = 2 * 1024**3  # of memory: a notebook that asks for more gets a MemoryError, and the machine lives on
OUTPUT_CHARACTERS = 20_000_000  # of one cell: a chapter prints some 100,000


def available() -> bool:
    """Return whether this system can fork from a server; without it, use papermill's own engine."""
    return beforehand.server_possible()


_starting = threading.Lock()


def _start(arguments: tuple):
    """Start the process that runs the cells, forked from the server, and return it.

    multiprocessing would make it import the caller's main module first, which costs more than a chapter does and
    is of no use to it: while it starts, an empty module stands in for that.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(beforehand.PRELOAD)
    process = context.Process(target=_run, args=arguments, daemon=True)
    with _starting:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            process.start()
        except ConnectionError:
            what = f"The process that chapters are forked from did not start. Can this user run {Path(sys.executable).name}"
            raise DataError([f"{what}, and write to the folder for temporary files? Or use --engine kernel."]) from None
        finally:
            sys.modules["__main__"] = main
    return process


def outputs_of(sources: list[str | None], cell_seconds: float | None = None) -> Iterator[tuple[int, list[dict]]]:
    """Run code cells in order in one forked process; yield (position, outputs) of each as it ends.

    `sources`: the code of each cell, None for a cell that is not code. Outputs are in the notebook format. Ends
    after the first error, which may be a time-out (`cell_seconds`, CELL_SECONDS when None; NOTEBOOK_SECONDS for
    all) or the death of the process. Neither the process nor one that it started outlives the loop over this.
    """
    receive, send = multiprocessing.Pipe()
    process = _start((send, sources, os.getcwd()))
    send.close()
    until = time.monotonic() + NOTEBOOK_SECONDS
    try:
        for position, source in enumerate(sources):
            if source is None:
                continue
            outputs = _receive(receive, process, position, cell_seconds or CELL_SECONDS, until)
            yield position, outputs
            if any(o["output_type"] == "error" for o in outputs):
                break
    finally:
        _end(process)
        receive.close()


def _end(process) -> None:
    """Kill a notebook's process with all that it started, though they have left its group (they stay its children)."""
    _kill([process.pid, *_descendants(process.pid)])
    process.join()


def _kill(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.killpg(pid, signal.SIGKILL)  # those that lead a group end with their group
        except (ProcessLookupError, PermissionError):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    """Return the processes below `pid`, where the system lists them (Linux); elsewhere its group has to do."""
    try:
        below = [
            int(child)
            for thread in os.listdir(f"/proc/{pid}/task")
            for child in Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
        ]
    except OSError:
        return []
    return [*below, *(lower for child in below for lower in _descendants(child))]


def _receive(receive: Connection, process, index: int, seconds: float, until: float) -> list[dict]:
    left = until - time.monotonic()
    if not receive.poll(max(min(seconds, left), 0)):
        what = f"cell {index} ran for more than {seconds:.0f} s"
        if left < seconds:
            what = f"the notebook ran for more than {NOTEBOOK_SECONDS:.0f} s, up to cell {index},"
        return [_error("TimeoutError", f"{what} and was stopped")]
    try:
        return receive.recv()
    except EOFError:
        process.join()
        return [_error("ProcessEnded", f"the process ended in cell {index} with exit code {process.exitcode}")]


def _error(name: str, value: str, traceback: list[str] | None = None) -> dict:
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": traceback or [f"{name}: {value}"]}


def _run(send: Connection, sources: list[str | None], folder: str) -> None:
    """Run the cells in an IPython shell of this process; send the outputs of each. Ends after the first error."""
    os.chdir(folder)
    os.setsid()  # a group of its own, so that it can be ended whole
    orphans.follow(last=lambda: _kill([*_descendants(os.getpid()), os.getpid()]))
    if sys.platform == "linux":
        adopt_orphans = 36  # PR_SET_CHILD_SUBREAPER: what a notebook leaves running stays below it, and is found there
        ctypes.CDLL(None).prctl(adopt_orphans, 1)
    resource.setrlimit(resource.RLIMIT_DATA, (NOTEBOOK_BYTES, NOTEBOOK_BYTES))
    shell, outputs = _shell()
    for source in sources:
        if source is None:
            continue
        outputs.clear()
        shell.run_cell(source, store_history=True)
        sys.stdout.flush()
        sys.stderr.flush()
        if sum(_size(o) for o in outputs) > OUTPUT_CHARACTERS:
            said = f"the cell gave more than {OUTPUT_CHARACTERS:,} characters of output"
            outputs[:] = [_error("OutputTooLarge", said)]
        send.send(list(outputs))
        if any(o["output_type"] == "error" for o in outputs):
            break
    with contextlib.suppress(EOFError):
        send.recv()  # nothing comes: wait to be ended, or for the one who asked to be gone


def _size(output: dict) -> int:
    return len(output.get("text", "")) + sum(len(str(part)) for part in output.get("data", {}).values())


def _shell():
    """Return an IPython shell and the list that its outputs go to, in the notebook format."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell

    outputs: list[dict] = []

    class Stream:
        """A kernel sends each stream in one piece up to the next display, so text joins its stream before it."""

        encoding = "utf-8"

        def __init__(self, name):
            self.name = name

        def write(self, text):
            for output in reversed(outputs):
                if output["output_type"] != "stream":
                    break
                if output["name"] == self.name:
                    if len(output["text"]) <= OUTPUT_CHARACTERS:  # more is too much anyway, and is not kept
                        output["text"] += text
                    return len(text)
            if text:
                outputs.append({"output_type": "stream", "name": self.name, "text": text})
            return len(text)

        def flush(self):
            pass

        def isatty(self):
            return False

    class Publisher(DisplayPublisher):
        def publish(self, data, metadata=None, *, transient=None, update=False, **_):
            outputs.append({"output_type": "display_data", "data": data, "metadata": metadata or {}})

        def clear_output(self, wait=False):
            outputs.clear()

    class Hook(DisplayHook):
        def write_output_prompt(self):
            pass

        def write_format_data(self, format_dict, md_dict=None):
            outputs.append(
                {
                    "output_type": "execute_result",
                    "data": format_dict,
                    "metadata": md_dict or {},
                    "execution_count": self.prompt_count,
                }
            )

        def finish_displayhook(self):
            self._is_active = False

    class Shell(InteractiveShell):
        def _showtraceback(self, etype, evalue, stb):
            if issubclass(etype, SystemExit):  # papermill takes sys.exit(0) for success, and the rest would be missing
                outputs.append(_error("LeftEarly", f"the notebook left by sys.exit({evalue}) before its end"))
            else:
                outputs.append(_error(etype.__name__, str(evalue), list(stb)))

        def enable_gui(self, gui=None):
            pass

    Shell.display_pub_class.default_value = Publisher
    Shell.displayhook_class.default_value = Hook
    from traitlets.config import Config

    config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "neutral"}})
    shell = Shell.instance(config=config)
    sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
    return shell, outputs
