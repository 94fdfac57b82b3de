"""Mutate the solutions of the exercises: which mutants do the checks let through?

Each mutant differs from a solution in one place: an index swapped, a line dropped, a
sign or a comparison changed, a number off by one, another dtype, another function.
A check must refuse every mutant that behaves differently. Those that behave the same
are listed, with the reason, in EQUIVALENT.

Run ``python tests/tools/mutate.py [3.1 …]`` to print every surviving mutant.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from exercises import NotebookExercise, all_exercises

from charrnn_helpers.exercises.engine import Exercise
from tests.tools import rooms

EQUIVALENT: dict[tuple[str, str], str] = {
    (
        "7.3",
        "weights[kept] = (logits[kept] / temperature).softmax(dim=-0)",
    ): "a row has one dimension only",
    (
        "3.4",
        "return linear.weight.mT + linear.bias",
    ): "mT and T are the same for a matrix",
    ("4.2", "my_W_hh = [[1.0, 0.0], [2.0, 4.0]]"): "unit 0 may have a memory, too",
    ("4.2", "my_W_hh = [[0.0, 1.0], [2.0, 4.0]]"): "unit 0 may read unit 1",
    ("4.2", "my_W_hh = [[0.0, 0.0], [2.0, 8.0]]"): "louder still",
    ("4.4", "return self.output(h_n[-0])"): "there is one layer",
    (
        "5.1",
        "h_t = torch.tanh(W_ih[:, i] + b_ih + h_prev @ W_hh.mT + b_hh)",
    ): "mT and T are the same for a matrix",
    (
        "5.1",
        "return (h_t, (h_t @ W_ho.mT + b_o).softmax(dim=-1))",
    ): "mT and T are the same for a matrix",
    (
        "5.1",
        "return (h_t, (h_t @ W_ho.T + b_o).softmax(dim=-0))",
    ): "a row has one dimension only",
    ("2.4", "two_texts = ('drink', 'bring')"): "either may stand first",
    ("8.3", "states, _ = rnn(x.transpose(1, 0))"): "the same exchange",
    ("8.3", "return output(states.transpose(1, 0))"): "the same exchange",
    ("8.4", "for t in range(0, ids.shape[1]):"): "nothing is before step 0",
    (
        "8.4",
        "changed[:, t:] = (ids[:, t:] - 1) % before.shape[-1]",
    ): "also another id",
    (
        "8.4",
        "if not torch.allclose(before[:, :t], after[:, :t], atol=1e-05):",
    ): "symmetric",
    (
        "8.4",
        "if not torch.allclose(after[:, :t], before[:, :t]):",
    ): "another tolerance for rounding",
    (
        "8.4",
        "if not torch.allclose(after[:, :t], before[:, :t], atol=2e-05):",
    ): "another tolerance for rounding",
    (
        "8.6",
        "return (train.unfold(-1, seq_len, 1), validation.unfold(0, seq_len, 1))",
    ): "there is one axis",
    (
        "8.6",
        "return (train.unfold(0, seq_len, 1), validation.unfold(-1, seq_len, 1))",
    ): "there is one axis",
    ("8.8", "if held_loss <= best:"): "two losses are never equal",
    (
        "9.1",
        "y = one_hot(targets.masked_fill(targets <= 0, 0), logits.shape[-1])",
    ): "0 instead of 0",
    (
        "9.1",
        "y = one_hot(targets.masked_fill(targets < 0, 1), logits.shape[-1])",
    ): "any id will do",
    (
        "9.1",
        "y = one_hot(targets.masked_fill(targets < 1, 0), logits.shape[-1])",
    ): "0 instead of 0",
    (
        "9.1",
        "y = one_hot(targets.masked_fill(targets < -1, 0), logits.shape[-1])",
    ): "-100 is the only negative one",
    ("9.2", "carried = torch.zeros_like(states[:, -1])"): "all steps have one shape",
    (
        "9.3",
        "measured = gradients.numerical_gradient(loss_of, x)",
    ): "its own ε is good enough",
    (
        "9.3",
        "wrong = (measured - gradient).abs() >= 0.001",
    ): "no entry is off by exactly that",
    (
        "9.3",
        "measured = gradients.numerical_gradient(loss_of, x, eps=2e-05)",
    ): "as good",
    ("9.3", "wrong = (gradient - measured).abs() > 0.001"): "symmetric",
    (
        "9.5",
        "d_W_hh = d_sums.flatten(0, 1).mT @ previous.flatten(0, 1)",
    ): "mT and T are the same for a matrix",
    (
        "9.5",
        "inner.append(torch.tanh(from_input + h_t @ W_hh.mT))",
    ): "mT and T are the same for a matrix",
    (
        "10.1",
        "lag = next((k for k in range(10, 200 - 1) if 0.02 * a ** (k - 10) < 1e-06))",
    ): "the lag is 55",
    (
        "10.1",
        "lag = next((k for k in range(10, 200) if 0.02 * a ** (k - 10) <= 1e-06))",
    ): "never equal",
    (
        "10.1",
        "lag = next((k for k in range(11, 200) if 0.02 * a ** (k - 10) < 1e-06))",
    ): "the lag is 55",
    (
        "10.1",
        "lag = next((k for k in range(9, 200) if 0.02 * a ** (k - 10) < 1e-06))",
    ): "the lag is 55",
    (
        "10.1",
        "lag = next((k for k in range(10, 201) if 0.02 * a ** (k - 10) < 1e-06))",
    ): "the lag is 55",
    (
        "10.1",
        "lag = next((k for k in range(10, 199) if 0.02 * a ** (k - 10) < 1e-06))",
    ): "the lag is 55",
    (
        "11.1",
        "f = [0 if t in (erase, write) else 1 for t in steps]",
    ): "the same two steps",
    (
        "11.4",
        "i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=1)",
    ): "there are two axes",
    (
        "11.4",
        "i, f, g, o = (x_t @ W_ih.mT + h_prev @ W_hh.T + b).chunk(4, dim=-1)",
    ): "mT and T are the same for a matrix",
    (
        "11.4",
        "i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.mT + b).chunk(4, dim=-1)",
    ): "mT and T are the same for a matrix",
    (
        "12.2",
        "return (unit, score if on_first[unit] >= 0.5 else 1 - score)",
    ): "the best unit is never a coin",
    ("12.2", "unit = (0.5 - on_first).abs().argmax().item()"): "symmetric",
    ("12.4", "h[-1, unit] = h_donor[0, unit]"): "there is one layer",
    ("12.4", "h[0, unit] = h_donor[-1, unit]"): "there is one layer",
    ("12.4", "c[-1, unit] = c_donor[0, unit]"): "there is one layer",
    ("12.4", "c[0, unit] = c_donor[-1, unit]"): "there is one layer",
    ("12.4", "return logits[-1].softmax(dim=-0)"): "a row has one dimension only",
    (
        "15.4",
        "found.append(torch.corrcoef(pair)[1, 0])",
    ): "a correlation is symmetric",
    (
        "17.1",
        "return (max(moving, computing), 'rate' if computing >= moving else "
        "'bandwidth')",
    ): "the same maximum",
    ("17.2", "h = states[-1]"): "zeros as well, until the last step is written",
    (
        "17.2",
        "h = torch.tanh(rows[ids[t, :n]] + h[:n] @ W_hh.mT)",
    ): "mT and T are the same for a matrix",
    ("17.3", "for start in range(0, length + 1, block - 1):"): "nothing is left there",
    ("17.3", "for start in range(0, length - 0, block - 1):"): "nothing is left there",
    (
        "17.3",
        "ids = read(start, min(start + block, length)).astype(np.int32)",
    ): "wide enough for ids",
    (
        "17.3",
        "ids = read(start, min(length, start + block)).astype(np.int64)",
    ): "the same minimum",
}
"""(exercise, mutated line as ast.unparse writes it) → why it behaves the same."""

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
NAMES = {
    "max": "min",
    "min": "max",
    "sum": "mean",
    "mean": "sum",
    "zeros": "ones",
    "ones": "zeros",
    "tanh": "sigmoid",
    "relu": "tanh",
    "exp": "log",
    "log": "exp",
    "ljust": "rjust",
    "rjust": "ljust",
    "long": "float",
    "int64": "int32",
    "float32": "float64",
    "float64": "float32",
    "argmax": "argmin",
    "softmax": "log_softmax",
    "append": "remove",
    "sorted": "list",
    "T": "mT.mT",
}


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Every mutant of a program: (the line that was changed, the whole program)."""
    tree = ast.parse(source)
    original = ast.unparse(tree)
    for index, node in enumerate(_nodes(tree)):
        if _is_docstring(tree, node):
            continue
        for variant in range(8):
            changed = ast.parse(source)
            if not _mutate(changed, _nodes(changed)[index], variant):
                continue
            ast.fix_missing_locations(changed)
            program = ast.unparse(changed)
            if program != original:
                yield _changed_line(original, program), program


def _nodes(tree: ast.Module) -> list[ast.AST]:
    return [node for node in ast.walk(tree) if not isinstance(node, ast.Module)]


def survivors(exercise: NotebookExercise) -> list[tuple[str, str]]:
    """The mutants of an exercise's solution that its check accepts."""
    check = rooms.exercises()[exercise.number]
    check = dataclasses.replace(check, wrong=[])  # only the verdict, without a hint
    if hasattr(check, "time_limit"):
        check = dataclasses.replace(check, time_limit=min(check.time_limit, 1.0))
    set_up: dict = {"__name__": "__main__"}
    exec(exercise.set_up, set_up)
    left = []
    for line, program in mutants(exercise.solution):
        space = dict(set_up)
        try:
            exec(program, space)
        except Exception:
            continue  # it does not even run
        # The check cell says which name it is given.
        call = ast.parse(exercise.check).body[-1].value
        try:
            answer = eval(ast.unparse(call.args[0]), space)
        except NameError:
            continue  # the line that gives the answer was dropped
        if check.verdict(answer, **_seed(check)).passed:
            left.append((line, program))
    return left


def _seed(check: object) -> dict[str, int]:
    return {"seed": 1} if isinstance(check, Exercise) else {}


def _is_docstring(tree: ast.Module, node: ast.AST) -> bool:
    for parent in ast.walk(tree):
        if isinstance(parent, (ast.FunctionDef, ast.ClassDef)) and parent.body:
            first = parent.body[0]
            text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            if text and node in (first, first.value):
                return True
    return False


def _mutate(tree: ast.Module, node: ast.AST, variant: int) -> bool:
    """Change one node in place, in way number ``variant``; False if there is none."""
    if isinstance(node, ast.Constant):
        return _mutate_constant(node, variant)
    if isinstance(node, ast.BinOp) and variant == 0 and type(node.op) in OPERATORS:
        node.op = OPERATORS[type(node.op)]()
        return True
    if isinstance(node, ast.BinOp) and variant == 1:
        node.left, node.right = node.right, node.left
        return not isinstance(node.op, (ast.Add, ast.Mult))
    if isinstance(node, ast.Compare) and variant == 0:
        node.ops[0] = COMPARISONS[type(node.ops[0])]()
        return True
    if isinstance(node, ast.BoolOp) and variant == 0:
        node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        return True
    if isinstance(node, ast.UnaryOp) and variant == 0:
        return _replace(tree, node, node.operand)
    if isinstance(node, (ast.If, ast.IfExp, ast.While)) and variant == 0:
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return True
    if isinstance(node, ast.Name) and variant == 0 and node.id in NAMES:
        node.id = NAMES[node.id]
        return True
    if isinstance(node, ast.Attribute) and variant == 0 and node.attr in NAMES:
        node.attr = NAMES[node.attr].split(".")[0]
        return NAMES[node.attr if node.attr in NAMES else "T"] != "T"
    if isinstance(node, ast.Attribute) and variant == 1 and node.attr == "T":
        return _replace(tree, node, node.value)
    if isinstance(node, ast.Tuple) and variant == 0 and len(node.elts) == 2:
        node.elts.reverse()
        return True
    if isinstance(node, ast.Call):
        return _mutate_call(node, variant)
    if isinstance(node, ast.Slice):
        return _mutate_slice(node, variant)
    if isinstance(node, ast.Return) and variant == 0 and node.value is not None:
        node.value = ast.Constant(None)
        return True
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr)) and variant == 0:
        return _drop(tree, node)
    return False


def _mutate_constant(node: ast.Constant, variant: int) -> bool:
    value = node.value
    if isinstance(value, bool):
        node.value = not value
        return variant == 0
    if isinstance(value, int):
        if variant > 1:
            return False
        node.value = value + (1 if variant == 0 else -1)
        return True
    if isinstance(value, float):
        node.value = value * (2 if variant == 0 else -1) + (value == 0)
        return variant <= 1
    if isinstance(value, str):
        node.value = value + "x"
        return variant == 0
    return False


def _mutate_call(node: ast.Call, variant: int) -> bool:
    if variant == 0 and len(node.args) >= 2:
        node.args[0], node.args[1] = node.args[1], node.args[0]
        return True
    if variant == 1 and node.keywords:
        node.keywords.pop()
        return True
    if variant == 2 and isinstance(node.func, ast.Name) and node.func.id == "range":
        node.args[-1] = ast.BinOp(node.args[-1], ast.Sub(), ast.Constant(1))
        return True
    if variant == 3 and isinstance(node.func, ast.Name) and node.func.id == "len":
        twin = copy.deepcopy(node)
        node.func, node.args = (
            ast.Name("sum", ast.Load()),
            [ast.List([twin, ast.Constant(1)], ast.Load())],
        )
        return True
    return False


def _mutate_slice(node: ast.Slice, variant: int) -> bool:
    if variant == 0 and node.lower is not None:
        node.lower = None
        return True
    if variant == 1 and node.upper is not None:
        node.upper = None
        return True
    return False


def _replace(tree: ast.Module, old: ast.AST, new: ast.AST) -> bool:
    class Swap(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return new if node is old else self.generic_visit(node)

    Swap().visit(tree)
    return True


def _drop(tree: ast.Module, statement: ast.stmt) -> bool:
    for parent in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and statement in block:
                block[block.index(statement)] = ast.Pass()
                return True
    return False


def _changed_line(before: str, after: str) -> str:
    old = before.splitlines()
    new = after.splitlines()
    for a, b in zip(old, new, strict=False):
        if a != b:
            return b.strip()
    return new[-1].strip()


def main(numbers: list[str]) -> int:
    total = 0
    for exercise in all_exercises():
        if numbers and exercise.number not in numbers:
            continue
        left = survivors(exercise)
        new = [m for m in left if (exercise.number, m[0]) not in EQUIVALENT]
        count = sum(1 for _ in mutants(exercise.solution))
        print(
            f"exercise {exercise.number}: {count} mutants, {len(left)} accepted, "
            f"{len(left) - len(new)} of them equivalent"
        )
        for line, program in new:
            total += 1
            print(f"  {line}\n    | " + program.replace("\n", "\n    | "))
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
