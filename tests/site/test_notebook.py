"""A notebook as a page: what each kind of cell and of output becomes."""

from __future__ import annotations

import json
import re
from typing import Any

from cpdynamics.site.notebook import Places, notebook_page, title_of

HOSTILE = "</script><img src=x onerror=alert(1)>"


def text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def code(source: str, *outputs: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source.splitlines(keepends=True),  # as files have it
        "outputs": list(outputs),
        "metadata": metadata,
    }


def data(**kinds: Any) -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "data": {k.replace("__", "/"): v for k, v in kinds.items()},
    }


def stream(words: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": words}


def page(*cells: dict[str, Any], kept: list[bytes] | None = None) -> str:
    def keep(content: bytes, ending: str) -> str:
        assert kept is not None
        kept.append(content)
        return f"a{ending}"

    places = Places({"burnout": ("../stories/burnout.html", "Burnout")}, lambda one: None, keep)
    return notebook_page({"cells": list(cells)}, places)


def test_its_first_heading_is_its_title() -> None:
    cells = [code("# a comment\n1"), text("Words\n\n# Why *people* leave\n")]
    assert title_of({"cells": cells}) == "Why people leave"
    assert "<title>Why people leave</title>" in page(*cells)
    assert title_of({"cells": []}) == ""


def test_code_is_folded_and_what_was_printed_stands_in_one() -> None:
    made = page(
        code("# NBVAL_CHECK_OUTPUT\nprint(1 < 2)", stream("one\n"), stream("\x1b[31mtwo\n"))
    )
    assert '<pre tabindex="0"><code>print(1 &lt; 2)</code></pre>' in made
    assert '<pre tabindex="0">one\ntwo</pre>' in made
    assert "script-src" not in made, "a page without charts may run nothing"


def test_what_went_to_stderr_is_left_out() -> None:
    made = page(code("f()", stream("10 %|##", "stderr"), stream("said")))
    assert "10 %" not in made
    assert "said" in made


def test_what_a_reader_is_to_predict_stays_folded() -> None:
    made = page(code("f()", stream("178"), jupyter={"outputs_hidden": True}))
    assert re.search(r"<summary>Show the result</summary><pre[^>]*>178</pre>", made)


def test_a_chart_is_data_that_no_text_of_it_ends() -> None:
    layout = {"meta": {"description": HOSTILE}, "height": 480}
    figure = {"data": [{"name": HOSTILE, "y": [1, 2]}], "layout": layout}
    made = page(code("f()", data(**{"application__vnd.plotly.v1+json": figure})))
    found = re.search(r'<script type="application/json">(.*?)</script>', made)
    assert found is not None
    assert json.loads(found[1]) == figure
    assert "<img" not in made
    assert "script-src 'self'" in made
    assert 'data-room="600"' in made


def test_pictures_become_files() -> None:
    kept: list[bytes] = []
    svg = f'<svg aria-label="Loops &amp; more">{HOSTILE}</svg>'
    made = page(code("f()", data(**{"image__svg+xml": svg, "text__html": svg})), kept=kept)
    assert kept == [svg.encode()]
    assert '<img src="a.svg" alt="Loops &amp; more">' in made
    assert "onerror" not in made


def test_tables_are_cleaned_and_other_things_are_text() -> None:
    html = f"<table><tr><td onclick=x>1</td></tr></table>{HOSTILE}"
    made = page(
        code("f()", data(text__html=html, text__plain="1")),
        code("g()", data(text__plain=HOSTILE)),
    )
    assert "<table><tr><td>1</td></tr></table>" in made
    assert "<img" not in made
    assert "&lt;/script&gt;&lt;img" in made


def test_a_dashboard_is_a_link_to_its_story() -> None:
    widget = data(**{"application__vnd.jupyter.widget-view+json": {"model_id": "x"}})
    made = page(
        code('m = cp.load("burnout")\nn = cp.load("turnover")'),
        code("cp.dashboard(m)"),
        code("cp.dashboard(n)"),
        code("slider()", widget),
    )
    assert '<a class="button" href="../stories/burnout.html">Move the sliders: Burnout</a>' in made
    assert made.count('class="button"') == 1, "turnover has no page here"
    assert made.count("something to move") == 2
    assert "Here the notebook has something to move, to draw or to answer, in JupyterLab." in made
