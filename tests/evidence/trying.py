"""A model small enough to know every answer by heart, and claims about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cpdynamics.evidence.claims import Claim
from cpdynamics.evidence.interventions import intervention
from cpdynamics.mdl.document import Document
from cpdynamics.model import Model
from cpdynamics.story import Slider, Story

# "tilt" is drawn from 0 to 1: push moves "either" down in draws below "turn", up in the others.
MODEL = """\
{UTF-8}
Level= INTEG (inflow-outflow, arrivals*stay) ~ Child ~ A stock at rest. |
inflow= arrivals*push ~ Child/Month ~ In. |
outflow= Level/stay ~ Child/Month ~ Out. |
push= 1 ~ Dmnl [0,3] ~ A lever. |
side= 0 ~ Dmnl [0,1] ~ Another lever. |
arrivals= 10 ~ Child/Month [5,15] ~ Drawn. |
stay= 4 ~ Month [2,8] ~ Drawn. |
tilt= 0.5 ~ Dmnl [0,1] ~ Drawn. |
turn= 0.5 ~ Dmnl [0,1] ~ Where it turns. |
either= 10+(tilt-turn)*push ~ Child ~ One way or the other. |
pressure= push*2 ~ Dmnl ~ One link up. |
relief= 6-pressure ~ Dmnl ~ Two links down. |
double= 5+pressure-2*push ~ Dmnl ~ Two ways that cancel. |
skew= 1+push*tilt^3 ~ Child ~ Most draws move it little. |
faint= 100+push+50*side ~ Dmnl ~ Hardly moved by push. |
nil= 0*push+side ~ Dmnl ~ Nothing at the start. |
far= 1000000*Level ~ Child ~ Far along. |
edge= 1 ~ Dmnl [0,3] ~ A lever, too. |
breaks= 1+(2-edge)^0.5 ~ Dmnl ~ No real value beyond 2. |
FINAL TIME = 24 ~ Month ~ . |
INITIAL TIME = 0 ~ Month ~ . |
SAVEPER = 1 ~ Month ~ . |
TIME STEP = 0.25 ~ Month ~ . |
"""
STORY = Story(
    uncertain=dict.fromkeys(("arrivals", "stay", "tilt"), "uniform"),
    sliders=(Slider("push"), Slider("side")),
)


def model(*, turn: float = 0.5) -> Model:
    """The model; a draw of ``tilt`` is below ``turn`` in that share of the draws."""
    text = MODEL.replace("turn= 0.5", f"turn= {turn}")
    return Model.from_document(Document.parse(text), STORY)


def claim(
    effect: str = "pressure",
    expected: str = "+",
    *,
    cause: str = "push",
    done: tuple[str, str] = ("push=2", ""),
    **more: Any,
) -> Claim:
    """A claim that the cause moves the effect, tried by the two cells ``done``: set and hold."""
    given: dict[str, Any] = {
        "number": "C001", "cause": "a cause", "sign": "+", "effect": "an effect", "source": "S1",
        "model": "tiny", "kind": "chain", "data": "", "note": "", "month": 12.0, "row": 2,
    }  # fmt: skip
    return Claim(
        cause_variable=cause,
        effect_variable=effect,
        intervention=intervention(*done),
        expected=expected,
        **{**given, **more},
    )


def file(folder: Path, *lines: str) -> Path:
    """A file of claims: heads, then these lines."""
    heads = (
        "claim,cause,sign,effect,source,model,cause variable,effect variable,set,hold,month,"
        "expected,kind,data,note,verdict,share,size"
    )
    path = folder / "evidence.csv"
    path.write_text("\n".join((heads, *lines)) + "\n", encoding="utf-8")
    return path
