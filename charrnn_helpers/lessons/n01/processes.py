"""A Python process of its own, to see what changes from one start to the next."""

from __future__ import annotations

import os
import subprocess
import sys


def in_new_process(expression: str, hash_seed: int) -> str:
    """Evaluate an expression in a new Python process.

    Args:
        expression: Python code whose value is a text.
        hash_seed: takes the place of the number that Python draws when it starts, and
            that decides in which order a set hands out its strings.

    Returns:
        The text.
    """
    done = subprocess.run(
        [sys.executable, "-c", f"print(ascii({expression}))"],
        env=os.environ | {"PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("ascii").strip()[1:-1]
