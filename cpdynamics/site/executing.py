"""Notebooks with what their cells give, two at a time; what was run once is not run again."""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, TypeVar

from cpdynamics.errors import RunFailed, clipped
from cpdynamics.library import root
from cpdynamics.site.asking import shows_story
from cpdynamics.system.store import entry

AT_ONCE = 2
"""Kernels that run at a time: each takes a core, and most of a gigabyte."""

_SECONDS = 1200  # for a cell, which on a slow machine may take some minutes
_SKIPPED = "skip-execution"  # the tag that nbclient passes a cell over for
_ENDINGS = frozenset((".py", ".js", ".css", ".mdl", ".toml", ".csv"))
_FILE = "executed.ipynb"

Notebook = dict[str, Any]
T = TypeVar("T")


def executed(
    notebooks: Sequence[Path], *, progress: Callable[[str], None] | None = None
) -> Mapping[Path, Notebook]:
    """The notebooks as JSON, with their outputs. A cell that shows a story's page is not run.

    Args:
        notebooks: files.
        progress: is told what is being worked on.

    Raises:
        RunFailed: a cell breaks off.
    """
    if not notebooks:
        return {}
    try:
        return _apart(_all(notebooks, progress or (lambda _: None)))
    except ExceptionGroup as several:
        raise several.exceptions[0] from None


def _apart(work: Coroutine[Any, Any, T]) -> T:
    """What the work comes to, done in a thread of its own, and stopped when we are.

    Where this is called a loop may run already, as in a notebook; and nbclient would take Ctrl-C
    to itself.
    """
    began: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()

    async def watched() -> T:
        task = asyncio.ensure_future(work)
        began.set_result((asyncio.get_running_loop(), task))
        return await task

    with ThreadPoolExecutor(max_workers=1) as threads:
        made = threads.submit(asyncio.run, watched())
        try:
            while not wait([made], timeout=0.5).done:  # on Windows Ctrl-C cuts no longer wait off
                pass
        except BaseException:
            loop, task = began.result()
            loop.call_soon_threadsafe(task.cancel)
            raise
        return made.result()


async def _all(
    notebooks: Sequence[Path], progress: Callable[[str], None]
) -> Mapping[Path, Notebook]:
    version = _version()
    room = asyncio.Semaphore(AT_ONCE)

    async def one(path: Path) -> Notebook:
        material = version + path.read_bytes()
        known = _known(material)
        if known is not None:
            return known
        async with room:
            made = await _run(path, progress)
        _keep(material, made)
        return made

    # Where one breaks off the others are stopped, and their kernels with them.
    async with asyncio.TaskGroup() as group:
        tasks = {path: group.create_task(one(path)) for path in notebooks}
    return {path: task.result() for path, task in tasks.items()}


async def _run(path: Path, progress: Callable[[str], None]) -> Notebook:
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        if shows_story(cell.source):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), _SKIPPED]
            cell.outputs = []
    told = iter(range(1, len(code) + 1))

    def working(**_: Any) -> None:
        progress(f"Notebook {path.stem}: box {next(told, len(code))} of {len(code)}")

    client = NotebookClient(
        notebook,
        timeout=_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_execute=working,
    )
    try:
        # A kernel says on stderr that it is up, which is nobody's business here.
        await client.async_execute(stderr=subprocess.DEVNULL)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        last = str(error).strip().splitlines()[-1:]
        raise RunFailed(
            f"{path.name} breaks off: {clipped(' '.join(last), 200)}",
            "",
            "Run it in JupyterLab to see where, or leave the notebooks out with --no-notebooks.",
        ) from None
    plain: Notebook = json.loads(nbformat.writes(notebook))  # type: ignore[no-untyped-call]
    plain["metadata"].pop("widgets", None)  # megabytes that no page of ours shows
    return plain


class _Unknown(Exception):  # noqa: N818
    """Nothing is kept under this name yet."""


def _known(material: bytes) -> Notebook | None:
    def nothing(folder: Path) -> None:
        raise _Unknown

    try:
        found: Notebook = json.loads(
            entry("notebook", material, nothing).joinpath(_FILE).read_text(encoding="utf-8")
        )
    except (_Unknown, OSError, ValueError):
        return None
    return found


def _keep(material: bytes, made: Notebook) -> None:
    def fill(folder: Path) -> None:
        folder.joinpath(_FILE).write_text(json.dumps(made), encoding="utf-8")

    entry("notebook", material, fill)


def _version() -> bytes:
    """What an output hangs on besides the notebook: every line of the package and of its models."""
    import plotly

    digest = hashlib.sha256(plotly.__version__.encode())
    for folder in (Path(__file__).resolve().parents[1], root()):
        for file in sorted(folder.rglob("*")):
            if file.suffix in _ENDINGS and file.is_file():
                digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return digest.digest()
