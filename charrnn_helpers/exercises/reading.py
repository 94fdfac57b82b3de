"""Read what a learner wrote: stubs, names, the line that failed, an earlier run."""

from __future__ import annotations

import ast
import dis
import inspect
import itertools
import linecache
import re
import sys
import sysconfig
import types
import warnings
from collections.abc import Iterator
from typing import Any

from charrnn_helpers.exercises.saying import one_line


def is_stub(answer: Any) -> bool:
    """Whether an answer still is the stub: ``...``, or code that leads to one."""
    if answer is Ellipsis or answer is None:
        return True
    if isinstance(answer, type):
        return any(map(is_stub, _methods(answer)))
    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    steps = [
        step
        for step in dis.get_instructions(code)
        if step.opname not in ("RESUME", "NOP", "COPY_FREE_VARS", "MAKE_CELL", "CACHE")
    ]
    if all(s.opname in ("LOAD_CONST", "RETURN_VALUE", "RETURN_CONST") for s in steps):
        returned = [s.argval for s in steps if s.opname != "RETURN_VALUE"]
        if all(value is None or value is Ellipsis for value in returned):
            return True
    for step, after in itertools.pairwise(steps):
        if step.opname == "LOAD_CONST" and step.argval is Ellipsis:
            # ids[..., 1:] loads an Ellipsis too, but does not store or return it.
            if after.opname.startswith(("STORE_FAST", "STORE_NAME", "STORE_ATTR")):
                return True
            if after.opname in ("RETURN_VALUE", "POP_TOP"):
                return True
    return any(s.opname == "RETURN_CONST" and s.argval is Ellipsis for s in steps)


def _methods(cls: type) -> list[types.FunctionType]:
    members = (getattr(m, "__func__", m) for m in vars(cls).values())  # also static
    return [m for m in members if isinstance(m, types.FunctionType)]


def names_used(answer: Any) -> set[str]:
    """Every global and attribute name in an answer's code, and in its helpers' code."""
    if isinstance(answer, type):
        members = _methods(answer)
    else:
        members = [answer] if hasattr(answer, "__code__") else []
    names: set[str] = set()
    seen: set[types.CodeType] = set()
    waiting = [(m.__code__, m.__globals__) for m in members]
    while waiting:
        code, space = waiting.pop()
        if code in seen:
            continue
        seen.add(code)
        names.update(code.co_names)
        waiting += [(c, space) for c in code.co_consts if isinstance(c, types.CodeType)]
        for name in code.co_names:
            helper = space.get(name)
            kinds = (type, types.FunctionType, types.BuiltinFunctionType)
            if isinstance(helper, kinds):
                names.add(helper.__name__)  # from … import one_hot as hot
            own = isinstance(helper, types.FunctionType) and (
                helper.__module__ == space.get("__name__")
            )
            if own:
                waiting.append((helper.__code__, helper.__globals__))
    return names


def is_raised_stub(error: BaseException) -> bool:
    """Whether this is ``raise NotImplementedError`` in the learner's own code."""
    if not isinstance(error, NotImplementedError) or error.__traceback__ is None:
        return False
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    if not _is_learners(trace.tb_frame):
        return False
    # PyTorch's own, raised in C++, ends in the same frame: in a call, not in a raise.
    steps = dis.get_instructions(trace.tb_frame.f_code)
    return any(
        s.offset == trace.tb_lasti and s.opname == "RAISE_VARARGS" for s in steps
    )


_LIBRARIES = (sysconfig.get_path("stdlib"), "site-packages", "<frozen")


def _is_learners(frame: types.FrameType) -> bool:
    module = str(frame.f_globals.get("__name__", ""))
    if module.split(".")[0] == "charrnn_helpers":
        return False
    return not any(library in frame.f_code.co_filename for library in _LIBRARIES)


def learners_frames(error: BaseException) -> Iterator[types.TracebackType]:
    """The parts of a traceback that are the learner's code, the deepest last."""
    trace = error.__traceback__
    while trace is not None:
        if _is_learners(trace.tb_frame):
            yield trace
        trace = trace.tb_next


def argument_names(functions: tuple, arguments: tuple) -> list[str]:
    """The parameters' names, of the first function that takes these arguments."""
    for function in functions:
        try:
            signature = inspect.signature(function)
            signature.bind(*arguments)
        except (TypeError, ValueError):
            continue
        names = [
            p.name
            for p in signature.parameters.values()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        if len(names) >= len(arguments):  # *args has no names to give
            return names[: len(arguments)]
    return [""] * len(arguments)


def earlier_run(name: str, answer: Any) -> str:
    """A note where the last cell that defines ``name`` is not the one being judged.

    Only IPython's history can tell. Where a cell is run without being stored there, as
    by nbval, there is nothing to say.
    """
    if "IPython" not in sys.modules:
        return ""
    shell = sys.modules["IPython"].get_ipython()
    cells = [] if shell is None else list(shell.user_ns.get("In", ()))
    word = re.escape(name)
    definition = rf"^(?:def|class) {word}\b|^{word}\s*(?::[^=\n]*)?=(?!=)"
    defines = re.compile(definition, re.M)
    cell = next((c for c in reversed(cells) if defines.search(c)), None)
    if cell is None:
        return ""
    judged = f"This judges the `{name}` of an earlier run: the cell was changed since"
    try:
        with warnings.catch_warnings(action="ignore"):
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            compile(cell, "<cell>", "exec", flags=flags, dont_inherit=True)
    except (SyntaxError, ValueError):
        return f"{judged}, and its last run stopped with a SyntaxError."
    code = getattr(answer, "__code__", None)
    if code is None or code.co_name != name:
        return ""
    source = "".join(linecache.getlines(code.co_filename)).strip()
    known = source in [c.strip() for c in cells]
    if known and source != cell.strip() and re.search(rf"^def {word}\b", cell, re.M):
        return f"{judged}, and its last run stopped before it defined {name}."
    return ""


def describe_error(error: BaseException) -> str:
    """An error with the deepest line of the learner's that led to it."""
    text = f"{type(error).__name__}: {one_line(str(error), 160)}"
    lines = [
        linecache.getline(trace.tb_frame.f_code.co_filename, trace.tb_lineno).strip()
        for trace in learners_frames(error)
    ]
    lines = [line for line in lines if line]
    return f'{text}, in your line "{lines[-1]}"' if lines else text


def has_placeholder(answer: Any) -> bool:
    """Whether a value still is the stub, or holds one."""
    if isinstance(answer, (list, tuple)):
        return any(part is not None and has_placeholder(part) for part in answer)
    return answer is Ellipsis or answer is None
