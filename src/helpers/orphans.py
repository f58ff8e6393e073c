"""What a command has started ends with it, even when it is killed and can end nothing itself.

Otherwise the next run finds somebody still writing into its output, or a process that waits for ever for work.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing import connection

PR_SET_PDEATHSIG = 1


def follow(last: Callable[[], object] = lambda: None) -> None:
    """End this process, made by multiprocessing, as soon as the one that asked for it is gone; `last` is called before.

    A thread waits for it, which needs nothing of the system; a pool's processes would wait for work that never comes.
    """
    asked = multiprocessing.parent_process()
    if asked is None:  # nobody's child: a test that calls a worker's function here
        return

    def wait() -> None:
        connection.wait([asked.sentinel])
        last()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def tied() -> Callable[[], None]:
    """Return the `preexec_fn` of a program that is to end with this process. Only Linux can: elsewhere it does nothing.

    The system ends it when the thread that started it ends, so that thread has to wait for it.
    """
    parent, library = os.getpid(), ctypes.CDLL(None) if sys.platform == "linux" else None

    def tie() -> None:
        if library is not None:
            library.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # it was killed before we could ask
                os.kill(os.getpid(), signal.SIGKILL)

    return tie
