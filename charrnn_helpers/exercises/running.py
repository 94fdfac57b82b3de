"""Run somebody else's function safely, under settings of our own."""

from __future__ import annotations

import contextlib
import copy
import ctypes
import io
import math
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Run:
    """One call: what it returned or raised, and what it did on the way."""

    result: Any = None
    error: BaseException | None = None
    timed_out: bool = False
    printed: bool = False
    arguments: tuple = ()
    seconds: float = 0.0


class _Stop(BaseException):
    """Raised inside a learner's function that runs for too long."""


def run(
    function: Callable[..., Any],
    arguments: tuple,
    seconds: float,
    *,
    gradients: bool = False,
) -> Run:
    """Call a function on a copy of the arguments, for a limited time.

    The call has a thread of its own, which works on every system; a thread that does
    not end is told to by an exception, and left alone where that does not help. The
    seconds are those that the thread computes, so that a busy machine is no reason to
    refuse an answer; one that only waits gets six times as many.
    """
    given = copy.deepcopy(arguments)
    if gradients:
        for _, leaf in leaves_of(given, [""] * len(given)):
            leaf.requires_grad_()
    done: dict[str, Any] = {}

    def target() -> None:
        # Asked for here: of a thread that has ended, the answer would be a crash.
        with contextlib.suppress(AttributeError, OSError):  # Windows, macOS
            done["clock"] = time.pthread_getcpuclockid(threading.get_ident())
        try:
            done["result"] = function(*given)
        except BaseException as error:
            done["error"] = error
        done["seconds"] = time.thread_time()

    start, start_of_process = time.monotonic(), time.process_time()

    def computed() -> float:
        with contextlib.suppress(KeyError, OSError):
            return time.clock_gettime(done["clock"])
        return time.process_time() - start_of_process

    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        thread = threading.Thread(target=target, daemon=True)
        thread.start()
        try:
            thread.join(min(0.02, max(seconds, 0)))
            while thread.is_alive() and computed() < seconds:
                if time.monotonic() - start > 6 * seconds:
                    break
                thread.join(0.02)
        finally:
            timed_out = thread.is_alive()
            for _ in range(20):
                if not thread.is_alive():
                    break
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread.ident), ctypes.py_object(_Stop)
                )
                thread.join(0.05)
            _undo(_replaced())  # what the answer itself has replaced
    return Run(
        done.get("result"),
        None if timed_out else done.get("error"),
        timed_out,
        bool(output.getvalue().strip()),
        given,
        seconds if timed_out else done.get("seconds", 0.0),
    )


_OWNERS = (torch, F, torch.nn, torch.optim, Tensor, np, np.random, random, math)


_ORIGINALS = [dict(vars(owner)) for owner in _OWNERS]


_MISSING = object()


def _replaced() -> list[tuple[Any, str, Any, Any]]:
    """(owner, name, what is there, what was there) of each function replaced since."""
    found = []
    for owner, originals in zip(_OWNERS, _ORIGINALS, strict=True):
        now = vars(owner)
        for name, original in originals.items():
            if callable(original) and name[0] != "_":
                there = now.get(name, _MISSING)
                if there is not original:
                    found.append((owner, name, there, original))
    # Tensor inherits most of its methods: a patched one is a new attribute.
    for name in vars(Tensor).keys() - _ORIGINALS[_OWNERS.index(Tensor)].keys():
        if name[0] != "_" and hasattr(torch._C.TensorBase, name):
            found.append((Tensor, name, vars(Tensor)[name], _MISSING))
    return found


def _undo(replaced: list[tuple[Any, str, Any, Any]]) -> None:
    for owner, name, _, original in replaced:
        _put(owner, name, original)


def _put(owner: Any, name: str, value: Any) -> None:
    if value is _MISSING:
        delattr(owner, name)
    else:
        setattr(owner, name, value)


@contextlib.contextmanager
def own_settings() -> Iterator[None]:
    """Undo, for as long as a check takes, what cells may have set or replaced."""
    replaced = _replaced()
    _undo(replaced)
    generator = torch.default_generator
    states = generator.get_state(), random.getstate(), np.random.get_state()
    dtype = torch.get_default_dtype()
    deterministic = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    try:
        torch.set_default_dtype(torch.float32)
        torch.use_deterministic_algorithms(False)
        generator.manual_seed(0)
        random.seed(0)
        np.random.seed(0)
        modes = torch.inference_mode(False), torch.enable_grad(), torch.device("cpu")
        with modes[0], modes[1], modes[2]:
            yield
    finally:
        _undo(_replaced())
        torch.set_default_dtype(dtype)
        torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
        generator.set_state(states[0])
        random.setstate(states[1])
        np.random.set_state(states[2])
        for owner, name, there, _ in replaced:
            _put(owner, name, there)


def leaves_of(value: Any, names: Sequence[str]) -> Iterator[tuple[str, Tensor]]:
    """The floating-point tensors among some arguments, parameters of modules, too."""
    for name, part in zip(names, value, strict=True):
        if isinstance(part, Tensor) and part.is_floating_point():
            yield name, part
        elif isinstance(part, torch.nn.Module):
            for parameter, tensor in part.named_parameters():
                yield f"{name}.{parameter}", tensor
        elif isinstance(part, (list, tuple)):
            yield from leaves_of(part, [f"{name}[{i}]" for i in range(len(part))])


def gradients_of(result: Any, leaves: list[Tensor]) -> list[Tensor | None]:
    """The gradients of a fixed random projection of all tensors in a result."""
    generator = torch.Generator().manual_seed(0)
    total = torch.zeros(())
    for _, out in leaves_of([result], [""]):
        total = total + (out * torch.randn(out.shape, generator=generator)).sum()
    if not total.requires_grad or not leaves:
        return [None] * len(leaves)
    return list(torch.autograd.grad(total, leaves, allow_unused=True))
