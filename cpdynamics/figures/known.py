"""What a local authority can know of itself, and which published figure of the models it replaces.

An entry says how a figure is made of *anchors*: the published figures of 2017 that stand in a
model's groups "... Anchors" (docs/decisions/0005-anchors-first.md). No equation of a model is
repeated here; what follows from the anchors is computed by the model's own formulas.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from cpdynamics.figures.entry import Known
from cpdynamics.mdl.names import canonical

MARCH, SEPTEMBER = "31 March", "30 September"
YEAR_TO_MARCH, YEAR_TO_SEPTEMBER = f"year to {MARCH}", f"year to {SEPTEMBER}"


def _count(name: str, anchor: str, unit: str, when: str, definition: str, **more: object) -> Known:
    return Known(name, anchor, unit, when, definition, (anchor,), **more)  # type: ignore[arg-type]


_PERMANENT, _AGENCY = "base permanent social workers", "base agency social workers"
_CASES, _HOLDERS = "base open cases", "base case holders"
_REFERRALS, _REPEATS = "base referrals", "base repeat referrals"
_LOOKED_AFTER = "Children looked after at 31 March each year"

KNOWN: tuple[Known, ...] = (
    _count(
        "referrals",
        _REFERRALS,
        "children/year",
        YEAR_TO_MARCH,
        "Referrals to children's social care in the year.",
        variable="referrals",
        columns=("referral_count",),
    ),
    _count(
        "re-referrals within 12 months",
        _REPEATS,
        "children/year",
        YEAR_TO_MARCH,
        "Referrals within twelve months of a previous one.",
        variable="repeat referrals",
        columns=("rereferral_count",),
    ),
    Known(
        "re-referral share",
        f"{_REPEATS} over {_REFERRALS}",
        "%",
        YEAR_TO_MARCH,
        "Re-referrals within twelve months among all referrals.",
        (_REPEATS, _REFERRALS),
        "repeat referral share",
        ("rereferral_percent",),
    ),
    _count(
        "no further action",
        "base no further action",
        "children/year",
        YEAR_TO_MARCH,
        "Referrals closed with no further action, without an assessment.",
        columns=("no_further_action_count",),
    ),
    Known(
        "referrals closed with no further action",
        f"base no further action over {_REFERRALS}",
        "%",
        YEAR_TO_MARCH,
        "Referrals closed with no further action among all referrals.",
        ("base no further action", _REFERRALS),
        columns=("no_further_action_percent",),
    ),
    _count(
        "assessed and not in need",
        "base not in need",
        "children/year",
        YEAR_TO_MARCH,
        "Referrals that were assessed and found not to be in need.",
        columns=("not_in_need_count",),
    ),
    Known(
        "referrals assessed and not in need",
        f"base not in need over {_REFERRALS}",
        "%",
        YEAR_TO_MARCH,
        "Referrals assessed and found not to be in need among all referrals.",
        ("base not in need", _REFERRALS),
        columns=("not_in_need_percent",),
    ),
    _count(
        "awaiting assessment at 31 March",
        "base referrals waiting",
        "children",
        MARCH,
        "Children referred whose assessment is not complete and of whom no need is recorded yet.",
        variable="Referrals Waiting",
        columns=("awaiting_assessment",),
    ),
    _count(
        "median assessment",
        "time from referral to assessment",
        "working days",
        YEAR_TO_MARCH,
        "Working days from a referral to the end of its assessment, median.",
    ),
    _count(
        "cases held",
        _CASES,
        "cases",
        SEPTEMBER,
        "Cases held by social workers, children in care among them.",
        variable="open cases",
        columns=("cases",),
    ),
    _count(
        "case holders",
        _HOLDERS,
        "FTE",
        SEPTEMBER,
        "Social workers who hold cases, agency workers among them.",
        variable="case holders",
        columns=("case_holders_fte",),
    ),
    Known(
        "caseload",
        f"{_CASES} over {_HOLDERS}",
        "cases/FTE",
        SEPTEMBER,
        "Cases for each case holder.",
        (_HOLDERS, _CASES),
        "caseload per worker",
        ("caseload_fte",),
    ),
    _count(
        "child protection plans at 31 March",
        "base children at high risk",
        "children",
        MARCH,
        "Children on a child protection plan.",
        variable="Children at High Risk",
        columns=("CPP_At31",),
    ),
    _count(
        "child protection plans started",
        "base plans started",
        "children/year",
        YEAR_TO_MARCH,
        "Child protection plans started in the year.",
    ),
    _count(
        "child protection plans ended",
        "base plans started",
        "children/year",
        YEAR_TO_MARCH,
        "Child protection plans ended in the year: at rest as many as start.",
        second=True,
    ),
    _count(
        "children in care",
        "base children in care",
        "children",
        MARCH,
        "Children looked after by the authority.",
        variable="Children in Care",
        columns=(f"number: {_LOOKED_AFTER}",),
    ),
    _count(
        "children starting care",
        "base starting care",
        "children/year",
        YEAR_TO_MARCH,
        "Children who started to be looked after in the year.",
        columns=("number: Children starting to be looked after each year",),
    ),
    _count(
        "children leaving care",
        "base starting care",
        "children/year",
        YEAR_TO_MARCH,
        "Children who ceased to be looked after in the year: at rest as many as start.",
        variable="leaving care",
        columns=("number: Children ceasing to be looked after each year",),
        second=True,
    ),
    _count(
        "children entering care from a plan",
        "base entering care",
        "children/year",
        YEAR_TO_MARCH,
        "Children who came into care while on a child protection plan.",
        variable="entering care",
    ),
    _count(
        "serious incident notifications",
        "base serious incidents",
        "incidents/year",
        YEAR_TO_MARCH,
        "Serious incidents notified to the national panel.",
        variable="serious incidents",
    ),
    _count(
        "workers in post",
        _PERMANENT,
        "FTE",
        SEPTEMBER,
        "Permanent children and family social workers in post, agency workers left out.",
        variable="permanent social workers",
        columns=("inpost_fte",),
    ),
    _count(
        "agency workers",
        _AGENCY,
        "FTE",
        SEPTEMBER,
        "Agency children and family social workers.",
        variable="agency social workers",
        columns=("agency_fte",),
    ),
    Known(
        "agency share",
        f"{_AGENCY} over {_PERMANENT} + {_AGENCY}",
        "%",
        SEPTEMBER,
        "Agency workers among all children and family social workers.",
        (_AGENCY, _PERMANENT),
        "agency share",
        ("agency_rate_fte",),
    ),
    _count(
        "vacancies",
        "base vacancies",
        "FTE",
        SEPTEMBER,
        "Vacant posts of children and family social workers, covered by agency workers or not.",
        variable="vacancies",
        columns=("vacancy_fte",),
    ),
    Known(
        "vacancy share",
        f"base vacancies over {_PERMANENT} + base vacancies",
        "%",
        SEPTEMBER,
        "Vacancies among all posts.",
        ("base vacancies", _PERMANENT),
        "vacancy share",
        ("vacancy_rate_fte",),
    ),
    _count(
        "leavers",
        "base leavers",
        "FTE/year",
        YEAR_TO_SEPTEMBER,
        "Permanent social workers who left the authority in the year.",
        columns=("leavers_fte",),
    ),
    _count(
        "starters",
        "base leavers",
        "FTE/year",
        YEAR_TO_SEPTEMBER,
        "Permanent social workers who started in the year: at rest as many as leave.",
        columns=("starters_fte",),
        second=True,
    ),
    Known(
        "turnover",
        f"base leavers over {_PERMANENT}",
        "%/year",
        YEAR_TO_SEPTEMBER,
        "Leavers in the year over permanent staff in post at its end.",
        ("base leavers", _PERMANENT),
        "turnover fraction",
        ("turnover_rate_fte",),
    ),
    _count(
        "absence",
        "base absence share",
        "% of days",
        YEAR_TO_SEPTEMBER,
        "Days lost to sickness among all working days of permanent staff.",
        variable="absence share",
        columns=("absence_rate_fte",),
    ),
    _count(
        "vacancies covered by agency",
        "share of vacancies covered",
        "%",
        SEPTEMBER,
        "Vacancies that are covered by agency workers.",
        columns=("vacancy_agency_cover_rate_fte",),
    ),
    _count(
        "direct time share",
        "base direct time share",
        "%",
        YEAR_TO_MARCH,
        "Working time spent face to face with children and families.",
        variable="direct time share",
    ),
    _count(
        "screen time share",
        "base screen time share",
        "%",
        YEAR_TO_MARCH,
        "Working time spent at the screen.",
        variable="screen time share",
    ),
    _count(
        "early help spending",
        "base early help spend",
        "GBP/year",
        YEAR_TO_MARCH,
        "Spending on early help: children's centres, family support and youth work.",
        variable="early help spend",
    ),
    _count(
        "health visitors",
        "base universal services",
        "FTE",
        MARCH,
        "Health visitors.",
        variable="Universal Services",
    ),
)

KEPT_WITH: Mapping[str, tuple[str, ...]] = {
    _REPEATS: (_REFERRALS,),
    "base no further action": (_REFERRALS,),
    "base not in need": (_REFERRALS,),
    "base referrals waiting": (_REFERRALS,),
    "base plans started": ("base children at high risk",),
    "base children at high risk": ("base plans started",),
    "base starting care": ("base children in care",),
    "base children in care": ("base starting care",),
    "base entering care": ("base starting care", "base children in care"),
    _HOLDERS: (_PERMANENT, _CASES),
    _PERMANENT: (_HOLDERS,),
    _AGENCY: (_PERMANENT, _HOLDERS),
    "base vacancies": (_PERMANENT, _HOLDERS),
    "base leavers": (_PERMANENT, _HOLDERS),
}
"""Anchor -> those that it keeps its proportion of 2017 to where it is not given, the first that is
given before the others. What stands with none of them grows and shrinks with the authority."""


@cache
def _by_name() -> Mapping[str, Known]:
    found: dict[str, Known] = {}
    for one in reversed(KNOWN):
        found |= {canonical(name): one for name in (*one.columns, *one.sets[:1])}
    # A variable may be meant by two figures: the one that is counted first.
    found |= {canonical(one.variable): one for one in reversed(KNOWN) if one.variable}
    found |= {canonical(one.name): one for one in KNOWN}
    direct = {canonical(one.sets[0]): one for one in reversed(KNOWN) if one.direct}
    return found | {name: one for name, one in direct.items() if not one.second}


def known(name: str) -> Known | None:
    """The entry of that name, whether the template, a model or the open data call it so.

    Args:
        name: in any case, with spaces or underscores.
    """
    return _by_name().get(canonical(name))
