"""Times that a clock comes to, and clocks that never arrive."""

from __future__ import annotations

import pytest

from cpdynamics.engines.times import times
from cpdynamics.errors import BadValue


def test_a_step_that_does_not_move_the_time_is_refused() -> None:
    for start, end in ((1e17, 1e17 + 64), (-1e17 - 64, -1e17), (0.0, 1e17)):
        with pytest.raises(BadValue):
            times(start, end, 1.0, 1.0)
    assert len(times(2.0**52, 2.0**52 + 4, 1.0, 1.0).at) == 5
