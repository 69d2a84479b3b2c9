"""Makes docs/pictures/austerity.png, the picture of the README, from what the demo writes.

Run it when the model has changed: ``.venv/bin/python tools/readme_picture.py``. Needs a Chromium.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from cpdynamics import demo, library

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "austerity.png"
SHOWN = ("hours per child", "repeat referrals", "Children at High Risk", "Children in Care")
# What a browser shows beside a README, at twice the sharpness.
WIDTH, HEIGHT, SHARPNESS = 1200, 760, 2


def main() -> None:
    """Runs the scenarios of the demo and photographs its page."""
    model = library.load(demo.STORY)
    runs = {"base": model.run(), **{name: model.run(name) for name in demo.SCENARIOS}}
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = demo.write_charts(model, runs, SHOWN, Path(folder))[0]
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox"],
        )
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SHARPNESS
        )
        page.goto(page_file.as_uri())
        page.wait_for_selector(".main-svg")
        page.screenshot(path=PICTURE)
        browser.close()
    print(f"Wrote {PICTURE}")


if __name__ == "__main__":
    main()
