"""End with the command that started this: were it killed, the next run would find two writing one book."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def setup(app) -> dict:
    if sys.platform == "linux" and os.environ.get("HANDBOOK_PARENT"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(os.environ["HANDBOOK_PARENT"]):  # it was killed before we could ask
            os.kill(os.getpid(), signal.SIGKILL)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
