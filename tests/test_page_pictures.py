"""The pictures of README.md and models/README.md are those that the models give today."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from cpdynamics import library
from cpdynamics.diagrams import causal_sheet, layout

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import page_pictures  # noqa: E402

README, OF_MODELS = (page.read_text(encoding="utf-8") for page in page_pictures.PAGES)


def content(svg: str) -> Counter[tuple[str, ...]]:
    """What a picture shows, wherever on the page: names, links with their signs, loops, remarks.

    Places are thrown by lots; another processor may round one of a million steps otherwise.
    """
    found = Counter()
    for part in ET.fromstring(svg).iter():
        if part.tag.endswith("}title"):
            found["title", part.text] += 1
        elif part.tag.endswith("}text"):
            found["text", " ".join(part.itertext())] += 1
        elif part.get("data-cause"):
            mark = part.find("{*}text")
            found["link", part.get("data-cause"), part.get("data-effect"), mark.text] += 1
        elif part.get("data-loop"):
            found["loop", part.get("data-loop")] += 1
        elif part.tag.endswith("}rect"):
            found["box", part.get("stroke", ""), part.get("fill", "")] += 1
    return found


@pytest.fixture
def quick(monkeypatch):
    """Places found with less care: what is shown does not hang on them."""

    def best(problem, *, seed):
        return layout.best(problem, starts=1, keep=1, seed=seed)

    monkeypatch.setattr(causal_sheet, "best", best)
    monkeypatch.setattr(causal_sheet, "_TRIES", 1)


@pytest.mark.parametrize("story", page_pictures.LOOPS)
def test_the_picture_of_a_story_is_that_of_its_model_today(story, quick):
    now = page_pictures.loops_of(story)
    kept = content(now.file.read_text(encoding="utf-8"))
    assert kept == content(now.drawn.svg), "run tools/page_pictures.py"
    assert kept.total() > 30
    assert page_pictures.with_words(OF_MODELS, [now]) == OF_MODELS
    assert f"![{now.said}](../docs/pictures/{now.file.name})" in OF_MODELS


def test_another_name_of_a_loop_is_another_picture(quick, monkeypatch):
    model = library.load("burnout")
    loops = {**model.story.loops}
    loops["R6"] = replace(loops["R6"], name="Sickness")
    changed = type(model)(model.document, name="burnout", story=replace(model.story, loops=loops))
    monkeypatch.setattr(page_pictures.library, "load", lambda name: changed)
    now = page_pictures.loops_of("burnout")
    assert content(now.file.read_text(encoding="utf-8")) != content(now.drawn.svg)
    assert page_pictures.with_words(OF_MODELS, [now]) != OF_MODELS


def test_the_picture_of_the_front_door_is_that_of_its_sketch_today():
    now = page_pictures.front_door()
    assert now.file.read_text(encoding="utf-8") == now.drawn.svg, "run tools/page_pictures.py"
    assert page_pictures.with_words(OF_MODELS, [now]) == OF_MODELS


def test_every_story_has_a_picture_beside_its_section_and_each_picture_a_page():
    stories = [name for name in library.model_names() if "/" not in name]
    assert sorted(page_pictures.LOOPS) == sorted(stories)
    shown = re.findall(r"!\[([^]]*)\]\((?:\.\./)?docs/pictures/([\w.]+)\)", README + OF_MODELS)
    kept = {path.name for path in page_pictures.FOLDER.iterdir()}
    assert {name for _, name in shown} == kept
    assert all(len(said) > 40 for said, _ in shown)
    for story in stories:
        (section,) = (one for one in OF_MODELS.split("\n## ") if f"/loops_{story}.svg)" in one)
        assert section.split("\n", 2)[2].startswith("!["), "it opens its section"


def test_a_picture_of_loops_has_the_letters_of_a_browser_and_fills_a_page():
    for path in page_pictures.FOLDER.glob("*.svg"):
        root = ET.parse(path).getroot()
        assert root.get("font-family").endswith("sans-serif")
        assert not root.findall(".//{*}image")
        if path.stem.startswith("loops_"):
            assert root.get("viewBox") == "0 0 1280 720"
