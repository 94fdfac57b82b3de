"""What holds for every test."""

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def default_dtype() -> Iterator[None]:
    """Put torch's default dtype back: a lesson's set-up, run in a test, may change it.

    In JupyterLab it changes that of its own kernel.
    """
    yield
    torch.set_default_dtype(torch.float32)
