"""The first training run of a process, stopped at twenty moments."""

import os

import pytest
from stops import stopped

MOMENTS = [round(0.15 * n, 2) for n in range(21)]  # seconds, 0 to 3


@pytest.mark.thorough
@pytest.mark.skipif(os.name != "posix", reason="SIGINT is sent as on POSIX")
@pytest.mark.parametrize("seconds", MOMENTS)
def test_a_stop_at_any_moment_keeps_what_there_is(seconds):
    assert stopped(seconds) >= 0
