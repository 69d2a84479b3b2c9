"""Audits as one page for a browser: what to put right first, then every check."""

from __future__ import annotations

import html
from collections.abc import Sequence

from cpdynamics.auditing.check import Check
from cpdynamics.auditing.outcome import Audit
from cpdynamics.errors import printable

# A sign beside the word, so that a glance down the column needs no colour.
_SIGNS = {"passed": "✓", "failed": "✗", "not made": "?", "does not apply": "-"}
_STYLE = """\
body { font: 18px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 72rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.7rem; } h2 { font-size: 1.35rem; margin-top: 2.5rem; } h3 { font-size: 1.1rem; }
h1, h2, h3, p, td, li { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .3rem 0; }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem;
  border-bottom: 1px solid #ccc; }
thead th:nth-child(1) { width: 13rem; } thead th:nth-child(2) { width: 11rem; }
thead th { border-bottom: 2px solid #555; }
tbody th, .verdict { white-space: nowrap; }
.verdict { font-weight: 600; }
.failed .verdict { color: #a40000; } .passed .verdict { color: #17612b; }
.made .verdict, .apply .verdict { color: #4d4d4d; }
.failed { background: #fdf0ef; }
@media (max-width: 45rem) { tbody th, .verdict { white-space: normal; } }
@media print { body { margin: 0; max-width: none; font-size: 12pt; } tr { break-inside: avoid; } }
"""


def as_page(audits: Sequence[Audit]) -> str:
    """A page that needs no network and runs no code.

    Args:
        audits: of one model or of several.
    """
    wrong = sum(one.failed for one in audits)
    models = "1 model" if len(audits) == 1 else f"{len(audits)} models"
    summary = f"{models} checked; {wrong if wrong else 'none'} with something to put right."
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>Model checks: {models}</title>\n<style>\n{_STYLE}</style>\n</head>\n"
        "<body>\n<main>\n"
        f"<h1>Model checks</h1>\n<p>{summary}</p>\n"
        + "".join(map(_section, audits))
        + "</main>\n</body>\n</html>\n"
    )


def _section(audit: Audit) -> str:
    rows = "".join(map(_row, audit.checks))
    return (
        f"<section>\n<h2>{_text(audit.model)}</h2>\n{_wrong(audit)}<table>\n"
        f"<caption>{_text(audit.heading)}</caption>\n"
        '<thead><tr><th scope="col">Check</th><th scope="col">Outcome</th>'
        '<th scope="col">Finding</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table>\n</section>\n"
    )


def _wrong(audit: Audit) -> str:
    failed = [check for check in audit.checks if check.verdict == "failed"]
    if not failed:
        return ""
    items = "".join(
        f"<li><b>{_text(check.name)}</b>: {_text(check.finding)} {_text(check.remedy)}</li>\n"
        for check in failed
    )
    return f"<h3>To put right</h3>\n<ul>\n{items}</ul>\n<h3>Every check</h3>\n"


def _row(check: Check) -> str:
    shown = _text(check.finding)
    if check.remedy and check.verdict != "failed":
        shown += f" {_text(check.remedy)}"
    return (
        f'<tr class="{check.verdict.split()[-1]}"><th scope="row">{_text(check.name)}</th>'
        f'<td class="verdict"><span aria-hidden="true">{_SIGNS[check.verdict]}</span> '
        f"{check.verdict}</td><td>{shown}</td></tr>\n"
    )


def _text(text: str) -> str:
    return html.escape(printable(text, " "))
