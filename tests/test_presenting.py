"""The index of all dashboards."""

from __future__ import annotations

import json
from pathlib import Path

from cpdynamics.presenting import Shown, index, write_notebooks, write_template

HOSTILE = '<img src=x onerror="alert(1)"> {{ 7 * 7 }} {% raw %} {# gone #}'


def filled(shown: list[Shown]) -> str:
    """The page with the one thing that Jinja has to fill in; nothing else may speak to it."""
    page = index(shown).replace("{{ base_url }}", "/")
    assert not any(mark in page.split("</style>")[1] for mark in ("{{", "{%", "{#"))
    return page


def test_there_is_a_dashboard_for_each_story_and_none_for_a_sector(tmp_path: Path) -> None:
    shown = write_notebooks(tmp_path)
    assert [one.title for one in shown][:2] == ["Caseload", "Burnout"]
    assert {one.file for one in shown} == {path.name for path in tmp_path.iterdir()}
    page = filled(shown)
    for one in shown:
        notebook = json.loads((tmp_path / one.file).read_text(encoding="utf-8"))
        source = notebook["cells"][0]["source"]
        assert f'href="/voila/render/{one.file}"' in page
        assert one.question.replace("'", "&#x27;") in page
        assert "sectors/" not in source


def test_a_title_is_text_to_html_and_to_jinja() -> None:
    page = filled([Shown("a.ipynb", HOSTILE, HOSTILE)])
    assert "<img" not in page
    assert page.count("&#123;&#123; 7 * 7 &#125;&#125;") == 2
    assert "49" not in page


def test_the_template_stands_on_our_own_page(tmp_path: Path) -> None:
    write_template(tmp_path, [])
    place = tmp_path / "voila" / "templates" / "cpdynamics-room"
    assert json.loads((place / "conf.json").read_text(encoding="utf-8")) == {
        "base_template": "cpdynamics"
    }
