"""The index: every story with its question, a picture, its scenarios and what can be taken away."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cpdynamics.site.look import page

if TYPE_CHECKING:
    from cpdynamics.site.subject import Subject

TITLE = "Why child-protection services fail and how they recover"
_FEW = 6  # scenarios that a card shows unfolded


@dataclass(frozen=True)
class Entry:
    """A card of the index.

    Attributes:
        subject: the story.
        picture: the address of its picture, and what that shows.
        slides: what each shows -> its address; empty without a pack.
        files: what else can be taken away -> its address.
    """

    subject: Subject
    picture: tuple[str, str]
    slides: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def contents(groups: Iterable[tuple[str, Sequence[Entry]]], notebooks: Mapping[str, str]) -> str:
    """The page.

    Args:
        groups: (heading, entries), in order; one without entries is left out.
        notebooks: title of each that is a page -> its address.
    """
    parts = [
        f"<h1>{TITLE}</h1>\n",
        '<p class="lead">Open a story, press a button, move a slider and watch what follows. '
        "Nothing here needs a network: the pages work from a web server, a stick or a mail.</p>\n",
    ]
    for heading, entries in groups:
        if entries:
            cards = "".join(map(_card, entries))
            parts.append(f'<h2>{_text(heading)}</h2>\n<div class="cards">\n{cards}</div>\n')
    parts.append('<h2 id="notebooks">Notebooks</h2>\n')
    if notebooks:
        items = "".join(
            f'<li><a href="{_text(place)}">{_text(title)}</a></li>\n'
            for title, place in notebooks.items()
        )
        parts.append(
            "<p>Each asks you to predict, shows what the model does, and says what nobody knows. "
            f'Begin at the top.</p>\n<ul class="notebooks">\n{items}</ul>\n'
        )
    else:
        parts.append("<p>The notebooks were left out of this copy.</p>\n")
    parts.append(
        "<h2>The models</h2>\n"
        '<p><a href="models.html">How the models are built</a>: every link, its source, what was '
        "measured, what is assumed, and how far the models are from published figures.</p>\n"
    )
    return page(TITLE, "".join(parts))


def _card(entry: Entry) -> str:
    subject = entry.subject
    model, place = subject.model, f"stories/{subject.key}.html"
    address, said = entry.picture
    title = _text(model.title or model.name)
    return (
        f'<article class="card" aria-labelledby="{_text(subject.key)}">\n'
        f'<h3 id="{_text(subject.key)}"><a href="{_text(place)}">{title}</a></h3>\n'
        f'<p class="question">{_text(model.question)}</p>\n'
        f'<img src="{_text(address)}" alt="{_text(said)}" width="340" height="230">\n'
        f"{_legend(subject)}{_presets(entry, place)}{_takes(entry)}</article>\n"
    )


def _legend(subject: Subject) -> str:
    first = next(iter(subject.presets), None)
    if first is None:
        return ""
    return f'<p class="legend">Blue: {_text(first)}. Dashed: as it is.</p>\n'


def _presets(entry: Entry, place: str) -> str:
    subject = entry.subject
    items = "".join(
        f'<li><a href="{_text(place)}#{_text(code)}">{_text(name)}</a></li>\n'
        for name, code in subject.codes.items()
    )
    if not items:
        return ""
    listed = f"<ul>\n{items}</ul>\n"
    if len(subject.codes) <= _FEW:
        return f"<p>Its scenarios:</p>\n{listed}"
    summary = f"Its {len(subject.codes)} scenarios"
    return f"<details><summary>{summary}</summary>\n{listed}</details>\n"


def _takes(entry: Entry) -> str:
    links = "".join(
        f'<a href="{_text(place)}">{_text(said)}</a>\n' for said, place in entry.files.items()
    )
    slides = "".join(
        f'<li><a href="{_text(place)}">{_text(said)}</a></li>\n'
        for said, place in entry.slides.items()
    )
    if slides:
        links += f"<details><summary>Pictures to show</summary>\n<ul>\n{slides}</ul></details>\n"
    return f'<div class="takes">\n{links}</div>\n'


def _text(text: str) -> str:
    return html.escape(" ".join(text.split()))
