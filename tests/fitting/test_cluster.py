"""A fit on the workers of a cluster is the same fit."""

from __future__ import annotations

import pytest

from cpdynamics.fitting import fit
from tests.fitting.services import DECAY, made, seen


def test_a_cluster_finds_the_same_bits():
    from distributed import Client, LocalCluster

    model = made(DECAY)
    figures = seen(model, {"fraction": 0.2}, ["Waiting"], [0.0, 4.0, 8.0, 16.0], errors=2.0)
    asked = {"series": figures, "vary": ["fraction", "start"], "errors": {"Waiting": 2.0}}
    here = fit(model, **asked)
    with (
        LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            dashboard_address=None,
            silence_logs=50,
        ) as cluster,
        Client(cluster) as client,
    ):
        there = fit(model, **asked, client=client)
    assert there.table.equals(here.table)
    assert there.searches == here.searches
    assert there.words == here.words


def test_what_is_no_client_is_refused():
    from cpdynamics.errors import BadValue

    figures = seen(made(DECAY), {}, ["Waiting"], [0.0, 4.0, 8.0])
    with pytest.raises(BadValue, match="client="):
        fit(made(DECAY), figures, "fraction", client="here")
