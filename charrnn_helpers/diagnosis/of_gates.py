"""Gates that hang: looked at where they are computed, in the model's own layers."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from charrnn_helpers.diagnosis.case import Case, Finding, run_model
from charrnn_helpers.models import ScratchGRUCell, ScratchLSTMCell

STUCK = 0.001
"""How near 0 or 1 a gate must be to count as stuck: there its slope is no larger."""

NEARLY_ALL = 0.95
"""Share of the units and steps from which a gate counts as saturated."""

ENOUGH = 8
"""How many numbers a gate must have been before that counts as evidence."""

GATES = {"LSTM": ("input", "forget", "", "output"), "GRU": ("reset", "update", "")}
MEANING = {
    ("input", 0): "nothing is written into the cell state",
    ("input", 1): "every candidate is written in full",
    ("forget", 0): "the cell state is emptied at every step, and nothing is held",
    ("forget", 1): "nothing is ever erased, and the cell state only adds up",
    ("output", 0): "nothing of the cell state is shown, and no gradient comes back",
    ("output", 1): "the whole cell state is shown at every step",
    ("reset", 0): "the candidate never sees the state",
    ("reset", 1): "the candidate always sees all of the state",
    ("update", 0): "the state is replaced at every step, and nothing is held",
    ("update", 1): "the state never changes, and no character is read",
}
KINDS = {
    **dict.fromkeys((nn.LSTM, nn.LSTMCell, ScratchLSTMCell), "LSTM"),
    **dict.fromkeys((nn.GRU, nn.GRUCell, ScratchGRUCell), "GRU"),
}


@torch.no_grad()
def saturated_gates(case: Case) -> Iterator[Finding]:
    """Gates that are near 0 or 1 for nearly all units and steps."""
    stuck = []
    for (layer, gate), values in _gates_of(case).items():
        low, high = values < STUCK, values > 1 - STUCK
        share = float((low | high).double().mean())
        if values.numel() < ENOUGH or share <= NEARLY_ALL:
            continue
        closed = float(low.double().mean()) / share
        side, where = None, "now near 0, now near 1, and hardly ever in between"
        if closed > NEARLY_ALL or closed < 1 - NEARLY_ALL:
            side = int(closed < 0.5)
            where = f"near {side}: {MEANING[gate, side]}"
        stuck.append((f"The {gate} gate of {layer} is {where}", share, values.numel()))
    if not stuck:
        return
    what, share, count = stuck[0]
    more = f" {len(stuck)} gates are stuck in all." if len(stuck) > 1 else ""
    yield Finding(
        "saturated gates",
        f"{what} (within {STUCK:g} in {share:.0%} of {count} units and steps, where "
        f"hardly any gradient can move it).{more} Start from the default weights, with "
        "a bias near 0, and near 1 in the forget gate; feed one-hot rows or an "
        "embedding; after a training try a smaller learning rate, or clip the "
        "gradients.",
        "notebook 11, section 11.5",
    )


def _gates_of(case: Case) -> dict[tuple[str, str], Tensor]:
    """All that each gate was while the model read the batch, flat."""
    model, found = copy.deepcopy(case.model), {}
    watched = {m: name for name, m in model.named_modules() if type(m) in KINDS}
    if not watched:
        return found

    def look(module: nn.Module, args: tuple, kwargs: dict, output: object) -> None:
        x, state = (*args, *kwargs.values(), None)[:2]
        name, gates = watched[module] or "the model", GATES[KINDS[type(module)]]
        for n, sums in enumerate(_sums(module, x, state)):
            layer = f"{name}, layer {n}," if isinstance(module, nn.RNNBase) else name
            for gate, part in zip(gates, sums.chunk(len(gates), -1), strict=True):
                parts = found.setdefault((layer, gate), [])
                parts.append(part.sigmoid().flatten())

    for module in watched:
        module.register_forward_hook(look, with_kwargs=True)
    run_model(model, case.inputs)
    return {key: torch.cat(parts) for key, parts in found.items() if key[1]}


def _sums(module: nn.Module, x: object, state: object) -> Iterator[Tensor]:
    """The sums inside the gates, layer by layer, the gates along the last axis."""
    if not isinstance(x, Tensor):
        return  # packed: not looked at
    if not isinstance(module, nn.RNNBase):  # a cell: one layer, one step
        weights = dict(module.named_parameters())
        order = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        if "W_ih" in weights:
            order = ("W_ih", "W_hh", "b_ih", "b_hh")
        h = state[0] if isinstance(state, tuple) else state
        W_ih, W_hh, *biases = (weights[name] for name in order if name in weights)
        from_state = 0 if h is None else h @ W_hh.T
        yield x @ W_ih.T + from_state + sum(biases)
        return
    if module.bidirectional or module.proj_size:
        return
    x = x.transpose(0, 1) if module.batch_first and x.ndim == 3 else x  # (T, B, ·)
    start = state if isinstance(state, tuple) else (state,)
    for n, weights in enumerate(module.all_weights):
        W_ih, W_hh, *biases = weights
        h, *c = (x.new_zeros(*x.shape[1:-1], W_hh.shape[1]) for _ in GATES["LSTM"][:2])
        if start[0] is not None:
            h, *c = (part[n] for part in start)
        sums, states = [], []
        for x_t in x:
            sums.append(x_t @ W_ih.T + h @ W_hh.T + sum(biases))
            if isinstance(module, nn.LSTM):
                h, *c = torch.lstm_cell(x_t, (h, *c), *weights)
            else:
                h = torch.gru_cell(x_t, h, *weights)
            states.append(h)
        yield torch.stack(sums)
        x = torch.stack(states)  # (T, B, H)
