"""Firefox as Debian has it, moved by WebDriver BiDi, the W3C's protocol that it speaks by itself.

Playwright brings a Firefox of its own and cannot move this one. Mozilla's Marionette client can,
but brings ten more packages and hears nothing of the console; this needs a socket alone, which
Jupyter has. https://www.w3.org/TR/webdriver-bidi/
"""

from __future__ import annotations

import base64
import itertools
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.browser.conftest import LINE, SECONDS

# Its own pages at the start, and what it would fetch for itself.
PREFERENCES = {
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.download.folderList": 2,
    "browser.download.always_ask_before_handling_new_types": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "intl.accept_languages": "en-GB, en",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
EVENTS = ["log.entryAdded", "network.beforeRequestSent", "browsingContext.userPromptOpened"]
OWN = ("file", "data", "blob", "about")

# What the W3C's WebDriver calls the keys that have no letter.
KEYS = {
    "Tab": "\ue004", "Enter": "\ue007", "Control": "\ue009", "Escape": "\ue00c", "Space": " ",
    "End": "\ue010", "Home": "\ue011",
    "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015",
}  # fmt: skip


# Where to look for what has a role; that it has it, Firefox says.
ROLES = {
    "button": "button",
    "checkbox": "[type=checkbox]",
    "slider": "[type=range]",
    "textbox": "[type=text]",
}


class BidiError(Exception):
    """What Firefox does not do, in its own words."""


class Firefox:
    """A headless Firefox with a profile of its own.

    Args:
        path: the program.
        folder: an empty one, for its profile and for what it downloads.
    """

    def __init__(self, path: str, folder: Path) -> None:
        import websocket

        profile, self.downloads = folder / "profile", folder / "downloads"
        profile.mkdir()
        self.downloads.mkdir()
        wanted = PREFERENCES | {"browser.download.dir": str(self.downloads)}
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in wanted.items()]
        (profile / "user.js").write_text("".join(lines), encoding="utf-8")
        self._log = folder / "log"
        words = [path, "--headless", "--no-remote", "--profile", str(profile)]
        words += ["--remote-debugging-port", "0", "about:blank"]
        with self._log.open("w", encoding="utf-8") as said:
            self._process = subprocess.Popen(words, stdout=said, stderr=said)
        self._numbers = itertools.count(1)
        self.tabs: dict[str, Tab] = {}
        try:
            port = self._port(profile / "WebDriverBiDiServer.json")
            self._socket = websocket.create_connection(
                f"ws://127.0.0.1:{port}/session", timeout=2 * SECONDS, suppress_origin=True
            )
            self.command("session.new", capabilities={"alwaysMatch": {}})
            self.command("session.subscribe", events=EVENTS)
        except BaseException:
            self._process.kill()
            raise

    def _port(self, file: Path) -> int:
        """Where it listens, which it writes down when it does."""
        end = time.monotonic() + 2 * SECONDS
        while True:
            try:
                return int(json.loads(file.read_text(encoding="utf-8"))["ws_port"])
            except (OSError, ValueError):
                ended = self._process.poll() is not None
                if ended or time.monotonic() > end:
                    raise BidiError(self._log.read_text(encoding="utf-8")[-2000:]) from None
                time.sleep(0.1)

    def command(self, method: str, **given: Any) -> Any:
        """What it answers; whatever it tells meanwhile goes to the tab that it is about."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": given}))
        while (said := json.loads(self._socket.recv())).get("id") != number:
            about = said.get("params", {})
            tab = self.tabs.get(about.get("context") or about.get("source", {}).get("context"))
            if tab is not None:
                tab.hear(said["method"], about)
        if said["type"] == "error":
            raise BidiError(f"{method}: {said['error']}: {said['message']}")
        return said["result"]

    def close(self) -> None:
        """Ends it, politely if it listens."""
        try:
            self.command("browser.close")
            self._process.wait(SECONDS)
        finally:
            self._process.kill()
            self._process.wait()

    @contextmanager
    def opened(self, address: str, size: tuple[int, int] = (1280, 720)) -> Iterator[Tab]:
        """A fresh tab without a network, and watched."""
        context = self.command("browsingContext.create", type="tab")["context"]
        tab = self.tabs[context] = Tab(self, context)
        self.command(
            "browsingContext.setViewport",
            context=context,
            viewport={"width": size[0], "height": size[1]},
            devicePixelRatio=1,
        )
        off = {"type": "offline"}
        self.command("emulation.setNetworkConditions", networkConditions=off, contexts=[context])
        try:
            self.command("browsingContext.navigate", context=context, url=address, wait="complete")
            yield tab
        finally:
            del self.tabs[context]
            self.command("browsingContext.close", context=context)


@dataclass
class Tab:
    """A page in Firefox, and what it did that it should not have done."""

    firefox: Firefox
    context: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    shouted: list[str] = field(default_factory=list)

    def hear(self, method: str, about: Any) -> None:
        if method == "log.entryAdded" and about["level"] == "error":
            self.errors.append(about["text"])
        elif method == "network.beforeRequestSent":
            address = about["request"]["url"]
            if urlsplit(address).scheme not in OWN:
                self.outside.append(address)
        elif method == "browsingContext.userPromptOpened":
            self.shouted.append(about["message"])

    def evaluate(self, expression: str, *given: Any) -> Any:
        """The value of an expression, or what a function gives for JSON."""
        asked = f"({expression})({', '.join(map(json.dumps, given))})" if given else expression
        answer = self.firefox.command(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({asked})) ?? 'null')()",
            target={"context": self.context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise BidiError(f"{answer['exceptionDetails']['text']}: {asked[:300]}")
        return json.loads(answer["result"]["value"])

    def until(self, expression: str, wanted: Any, *given: Any, stays: float = 0.0) -> Any:
        """Waits until the value is the wanted one, or a function of it is true, and returns it."""
        right: Callable[[Any], bool] = wanted if callable(wanted) else lambda found: found == wanted
        end, held = time.monotonic() + SECONDS, 0
        while True:
            found = self.evaluate(expression, *given)
            held = held + 1 if right(found) else 0
            if held > 10 * stays:
                return found
            assert held or time.monotonic() < end, found
            self.pause(0.1 if held or stays else 0.02)

    def until_told(self, words: str) -> None:
        """Waits until something in the console has these words in it."""
        end = time.monotonic() + SECONDS
        while not any(words in error for error in self.errors):
            assert time.monotonic() < end, self.errors
            self.pause(0.1)

    def pause(self, seconds: float) -> None:
        """Lets every timer of the page that is due by then have its turn."""
        self.evaluate(f"new Promise((done) => setTimeout(done, {1000 * seconds}))")

    def line(self, name: str) -> list[float]:
        """The values that Plotly draws for the first line of that name."""
        return list(self.evaluate(LINE, name) or [])

    def until_line(self, name: str, holds: Callable[[list[float]], bool]) -> list[float]:
        """The values, once a test of them is true."""
        return list(self.until(LINE, lambda y: bool(y) and holds(y), name))

    def find(self, role: str, name: str) -> dict[str, str]:
        """The one element on show that has this role and this name for a screen reader."""
        value, end = {"role": role, "name": name}, time.monotonic() + SECONDS
        while True:
            # To walk through the whole tree of a screen reader takes a busy Firefox seconds.
            some = self._nodes({"type": "css", "value": ROLES[role]})
            spoken = {"type": "accessibility", "value": value}
            found = self._nodes(spoken, startNodes=some) if some else []
            if len(found) == 1:
                return found[0]
            assert time.monotonic() < end, (len(found), role, name)
            self.pause(0.1)

    def _nodes(self, locator: Any, **more: Any) -> list[dict[str, str]]:
        given = {"context": self.context, "locator": locator} | more
        found = self.firefox.command("browsingContext.locateNodes", **given)["nodes"]
        return [{"sharedId": one["sharedId"]} for one in found]

    def of(self, element: dict[str, str], function: str) -> Any:
        """What a function of an element gives."""
        answer = self.firefox.command(
            "script.callFunction",
            functionDeclaration=f"async (one) => JSON.stringify(await ({function})(one)) ?? 'null'",
            arguments=[element],
            target={"context": self.context},
            awaitPromise=True,
        )
        return json.loads(answer["result"]["value"])

    def focus(self, role: str, name: str) -> dict[str, str]:
        """The element, with the focus."""
        element = self.find(role, name)
        self.of(element, "(one) => one.focus()")
        return element

    def press(self, *keys: str) -> None:
        """Keys one after the other, as a person presses them; ``Control+z`` is two at once."""
        actions = []
        for key in keys:
            held = [KEYS.get(part, part) for part in key.split("+")]
            actions += [{"type": "keyDown", "value": part} for part in held]
            actions += [{"type": "keyUp", "value": part} for part in reversed(held)]
        self._perform({"type": "key", "id": "keys", "actions": actions})

    def hold(self, key: str, times: int) -> None:
        """A key that is held down so long that it counts as often."""
        down = {"type": "keyDown", "value": KEYS[key]}
        up = {"type": "keyUp", "value": KEYS[key]}
        self._perform({"type": "key", "id": "keys", "actions": [down] * times + [up]})

    def drag(self, slider: dict[str, str], *shares: float) -> None:
        """Moves the pointer along a slider from share to share of its length, pressed."""
        length, thumb = self.of(slider, "(one) => one.clientWidth"), 16
        there = {"type": "element", "element": slider}
        moves = [
            {
                "type": "pointerMove",
                "x": round((share - 0.5) * (length - thumb)),
                "y": 0,
                "origin": there,
            }
            for share in shares
        ]
        first, *rest = moves
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        self._perform({"type": "pointer", "id": "mouse", "actions": [first, down, *rest, up]})

    def write(self, text: str) -> None:
        """Puts a text in place of what stands in the box that has the focus, and sends it."""
        self.press("Control+a", *text, "Enter")

    def click(self, role: str, name: str) -> None:
        """Clicks where the element is."""
        element = self.find(role, name)
        self.of(element, "(one) => one.scrollIntoView({ block: 'nearest', behavior: 'instant' })")
        there = {"type": "element", "element": element}
        actions = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": there},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._perform({"type": "pointer", "id": "mouse", "actions": actions})

    def _perform(self, actions: Any) -> None:
        self.firefox.command("input.performActions", context=self.context, actions=[actions])

    def taken(self, name: str, end: bytes) -> Path:
        """A file that was downloaded, once all of it is there, which ends so."""
        path, until = self.firefox.downloads / name, time.monotonic() + SECONDS
        while not (path.is_file() and path.read_bytes().endswith(end)):
            assert time.monotonic() < until, list(self.firefox.downloads.iterdir())
            self.pause(0.1)
        return path

    def printed(self) -> bytes:
        """The page on paper, as a PDF."""
        return base64.b64decode(
            self.firefox.command("browsingContext.print", context=self.context)["data"]
        )

    def picture(self, path: Path) -> None:
        """Writes what is on show as a PNG."""
        data = self.firefox.command("browsingContext.captureScreenshot", context=self.context)
        path.write_bytes(base64.b64decode(data["data"]))
