"""The forked engine gives what a kernel gives, keeps notebooks apart, and tells how one ended."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from helpers import engine, execution
from helpers.schemas import DataError

HEAD = (
    "---\nkernelspec:\n  display_name: Python 3\n  language: python\n  name: python3\n---\n\n# T of this locality\n\n"
)
PARAMETERS = '```{code-cell} ipython3\n:tags: [parameters]\narea_code: str = "x"\n```\n'


def notebook(tmp_path, *cells, name="t.md"):
    path = tmp_path / name
    path.write_text(
        HEAD + PARAMETERS + "".join(f"```{{code-cell}} ipython3\n{c}\n```\n" for c in cells), encoding="utf-8"
    )
    return path


def run(path, engine_name="forked"):
    return execution.execute(path, {"area_code": "E08000009"}, "Trafford", engine_name)


OUTPUTS = [
    "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')",
    "import pandas as pd\ndisplay(pd.DataFrame({'a': [1]}))\npd.Series([1.5])",
    "area_code",
    "from IPython.display import HTML\nHTML('<b>£</b>')",
    "None",
    "x = 1",
]


def test_both_engines_give_the_same_bytes(tmp_path):
    path = notebook(tmp_path, *OUTPUTS)
    forked, kernel = (nbformat.writes(run(path, name)) for name in ("forked", "kernel"))
    assert forked == kernel
    assert "T of Trafford" in forked


def test_a_chapter_leaves_no_trace_in_the_next(tmp_path):
    first = notebook(
        tmp_path,
        "import os, pandas as pd\nfrom helpers import spend\nspend.STAGES = 'changed'\npd.set_option('display.max_rows', 3)\n"
        "os.chdir('/')\nos.environ['TRACE'] = 'left'",
        name="first.md",
    )
    second = notebook(
        tmp_path,
        "import os, pandas as pd\nfrom helpers import spend\n"
        "(spend.STAGES, pd.get_option('display.max_rows'), os.getcwd() == '/', 'TRACE' in os.environ)",
        name="second.md",
    )
    run(first)
    shown = run(second).cells[-1].outputs[0]["data"]["text/plain"]
    assert shown == "(('early', 'late', 'unclassified'), 60, False, False)"


@pytest.mark.parametrize(
    ("code", "name", "says"),
    [
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("def (", "SyntaxError", ""),
        ("import sys; sys.exit(0)", "LeftEarly", "sys.exit(0)"),
        ("import os; os._exit(0)", "ProcessEnded", "exit code 0"),
        ("x = bytearray(3 * 1024**3)", "MemoryError", ""),
        ("for _ in range(100): print('x' * 1_000_000)", "OutputTooLarge", "20,000,000 characters"),
        ("from IPython.display import HTML; HTML('x' * 30_000_000)", "OutputTooLarge", "20,000,000 characters"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ProcessEnded", "exit code -9"),
    ],
)
def test_a_cell_that_fails_is_an_error(tmp_path, code, name, says):
    with pytest.raises(PapermillExecutionError) as error:
        run(notebook(tmp_path, code, "print('never')"))
    assert error.value.ename == name
    assert says in error.value.evalue


def test_a_kernel_that_is_left_early_is_an_error_too(tmp_path):
    with pytest.raises(DataError, match="was not run"):
        run(notebook(tmp_path, "import sys; sys.exit(0)", "print('never')"), "kernel")


def test_a_cell_that_hangs_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "CELL_SECONDS", 1)
    start = time.monotonic()
    with pytest.raises(PapermillExecutionError, match="ran for more than 1 s"):
        run(notebook(tmp_path, "import time; time.sleep(60)"))
    assert time.monotonic() - start < 20


def test_a_notebook_that_takes_too_long_in_all_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "NOTEBOOK_SECONDS", 3)
    with pytest.raises(PapermillExecutionError, match="the notebook ran for more than 3 s"):
        run(notebook(tmp_path, *["import time; time.sleep(2)"] * 3))  # no cell takes as long by itself


def test_an_error_brings_the_traceback_that_a_kernel_gives(tmp_path):
    path = notebook(tmp_path, "x = 1", "x / 0")
    told = []
    for name in ("forked", "kernel"):
        with pytest.raises(PapermillExecutionError) as error:
            run(path, name)
        plain = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error.value.traceback))  # colours differ
        told.append((error.value.exec_count, error.value.ename, plain))
    assert told[0] == told[1]
    assert "----> 1 x / 0" in told[0][2]


@pytest.mark.skipif(not Path("/proc").exists(), reason="only Linux lists the processes below a process")
@pytest.mark.parametrize(
    "daemon",
    [
        "import subprocess; subprocess.Popen(['sleep', SECONDS])",
        "import subprocess; subprocess.Popen(['sleep', SECONDS], start_new_session=True)",
        "import subprocess; subprocess.Popen(f'setsid setsid sleep {SECONDS} &', shell=True)",
    ],
)
@pytest.mark.parametrize("ending", ["'done'", "1 / 0"])
def test_nothing_that_a_notebook_starts_outlives_it(tmp_path, daemon, ending):
    seconds = f"{600 + os.getpid() % 1000}.{time.time_ns() % 10**6}"  # a name that no other process here has
    path = notebook(tmp_path, f"SECONDS = '{seconds}'\n{daemon}", "import time; time.sleep(0.3)", ending)
    with contextlib.suppress(PapermillExecutionError):
        run(path)
    time.sleep(0.2)
    commands = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            commands.append(one.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    assert not [c for c in commands if seconds in c]


def test_papermill_finds_the_engine_by_its_entry_point(tmp_path):
    source = execution.source(notebook(tmp_path, "area_code + '!'"))
    done = papermill.execute_notebook(
        source, None, parameters={"area_code": "W"}, engine_name="handbook", kernel_name="python3", progress_bar=False
    )
    assert done.cells[-1].outputs[0]["data"]["text/plain"] == "'W!'"


def test_a_system_that_cannot_fork_falls_back_and_says_so(monkeypatch):
    from helpers.cli import build

    monkeypatch.setattr(engine.multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    used = []
    monkeypatch.setattr(build.render, "localities", lambda *a, **k: used.append(a[3]) or iter(()))
    with build.out.capture() as told:
        build._render([], {}, "forked", 1)
    assert "cannot fork" in told.get()
    assert used == ["kernel"]


def test_the_server_can_be_started_before_it_is_needed(tmp_path):
    """In a process of its own, since this one has a server already."""
    script = (
        "import time\nfrom multiprocessing import forkserver\nfrom pathlib import Path\nfrom helpers import beforehand, engine\n"
        "beforehand.server()\nfirst = forkserver._forkserver._forkserver_pid\nassert Path(f'/proc/{first}').exists()\n"
        "(_, outputs), = engine.outputs_of(['print(1)'])\n"
        "print(outputs[0]['text'].strip(), forkserver._forkserver._forkserver_pid == first)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.split() == ["1", "True"], done.stderr


def test_kernels_that_start_at_once_do_not_hear_each_other(tmp_path, monkeypatch):
    """They would, if their sockets lay in one folder: jupyter_client takes the first names that are free."""
    monkeypatch.chdir(tmp_path)
    used, run_notebook = [], papermill.execute_notebook

    def watched(*args, config, **rest):
        used.append(config["KernelManager"]["ip"])
        return run_notebook(*args, config=config, **rest)

    monkeypatch.setattr(execution.papermill, "execute_notebook", watched)
    paths = [notebook(tmp_path, f"print({i})", name=f"{i}.md") for i in range(3)]
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda path: run(path, "kernel"), paths))
    assert [n.cells[-1].outputs[0]["text"] for n in done] == ["0\n", "1\n", "2\n"]
    assert len(set(used)) == 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0.md", "1.md", "2.md"]
    assert not [ip for ip in used if Path(ip).parent.exists()]
