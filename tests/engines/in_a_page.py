"""Models in a page that a file holds, cut off from everything, or in Node where there is one."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pytest

from tests.browser.conftest import CHROMIUM_FLAGS

POLICY = "default-src 'none'; script-src 'sha256-{}'"
NODE = shutil.which("node")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

# Every question is a model's number and what `run` of browser.js takes.
_ASKING = """
const bytes = (values) => {
  const all = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = "";
  for (let at = 0; at < all.length; at += 8192) {
    text += String.fromCharCode(...all.subarray(at, at + 8192));
  }
  return btoa(text);
};
globalThis.answers = questions.map(([place, asked]) => {
  const model = models[place];
  try {
    const { times, values, failure } = model.run(asked);
    return { times: bytes(times), values: values.map(bytes), names: model.variables, failure };
  } catch (error) {
    if (!(error instanceof model.Refused)) throw error;
    return { refused: error.message };
  }
});
"""


@dataclass(frozen=True)
class Broken:
    """What a page says of a run that broke off, in the words of the other engines."""

    text: str


@dataclass(frozen=True)
class Refused:
    """What a page says of a question that it does not answer."""

    text: str


def program_text(scripts: Sequence[str], more: str = "") -> str:
    """A script that makes ``models`` of what ``browser.script`` gave."""
    made = "".join(f"models.push({one});\n" for one in scripts)
    return f"const models = [];\n{made}{more}"


def page_text(text: str) -> str:
    """A page with that script, and with a policy that lets no other run."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    policy = POLICY.format(digest)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>Runs</title></head>'
        f"<body><script>{text}</script></body></html>"
    )


class Pages:
    """A headless Chromium in a thread of its own, since Playwright wants one for each driver."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1)
        self._thread.submit(self._start).result()

    def _start(self) -> None:
        from playwright.sync_api import sync_playwright

        self._driver = sync_playwright().start()
        self._browser = self._driver.chromium.launch(
            executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS)
        )

    def close(self) -> None:
        self._thread.submit(self._browser.close).result()
        self._thread.submit(self._driver.stop).result()
        self._thread.shutdown()

    def value(self, text: str, expression: str) -> Any:
        """What an expression is in a page with that script, which fetches nothing and errs not."""
        return self._thread.submit(self._value, text, expression).result()

    def _value(self, text: str, expression: str) -> Any:
        path = self._folder / "page.html"
        path.write_text(page_text(text), encoding="utf-8", newline="")
        context = self._browser.new_context(offline=True)
        page = context.new_page()
        page.set_default_timeout(120_000)
        asked: list[str] = []
        errors: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: errors.append(said.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path.as_uri())
        found, marked = page.evaluate(f"[{expression}, globalThis.marked]")
        context.close()
        assert errors == []
        assert asked == [path.as_uri()]
        assert marked is None  # what hostile names would leave
        return found

    def answers(self, text: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.value(text, "globalThis.answers")
        return found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Pages in Chromium, or a skip that says why there are none."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    found = Pages(tmp_path_factory.mktemp("pages"))
    yield found
    found.close()


class Runtime(Protocol):
    """Whatever runs a script and hands over the ``answers`` that it leaves."""

    def answers(self, text: str) -> list[dict[str, Any]]: ...


class InNode:
    """Asks models in Node, which takes its numbers from the same engine as Chromium."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def answers(self, text: str) -> list[dict[str, Any]]:
        path = self._folder / "runs.cjs"
        more = "\nprocess.stdout.write(JSON.stringify(globalThis.answers));\n"
        path.write_text(text + more, encoding="utf-8")
        assert NODE
        done = subprocess.run([NODE, str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found


def ask(
    runtime: Runtime,
    scripts: Sequence[str],
    questions: Sequence[tuple[int, dict[str, Any]]],
) -> list[pd.DataFrame | Broken | Refused]:
    """The answer to each question, from one page with all models.

    Args:
        runtime: where the models run.
        scripts: of the models.
        questions: a model's number, and what its run is asked for.
    """
    asked = json.dumps(questions).replace("<", "\\u003c")
    text = program_text(scripts, f"const questions = {asked};\n{_ASKING}")
    answers = runtime.answers(text)
    assert len(answers) == len(questions)
    return [_read(one) for one in answers]


def _read(answer: dict[str, Any]) -> pd.DataFrame | Broken | Refused:
    if "refused" in answer:
        return Refused(answer["refused"])
    columns = [_numbers(one) for one in answer["values"]]
    if failure := answer["failure"]:
        assert all(np.isnan(one).all() for one in columns)
        return Broken('"{variable}" {why} at time {time:g}.'.format_map(failure))
    index = pd.Index(_numbers(answer["times"]), name="Time", dtype=float)
    return pd.DataFrame(np.array(columns).T, index, answer["names"])


def _numbers(text: str) -> Any:
    return np.frombuffer(base64.b64decode(text), dtype="<f8")
