"""Training against the bare loop; models saved, loaded, damaged and forged."""

import contextlib
import copy
import hashlib
import io
import math
import os
import pickle
import stat
import subprocess
import sys
import time
from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from stops import stopped
from torch import nn

import charrnn_helpers.training as training
from charrnn_helpers.data import (
    IGNORE_INDEX,
    SENTENCES,
    Vocabulary,
    encode_batch,
    pad,
    shift,
    windows,
)
from charrnn_helpers.models import CharRNN, ScratchRNN
from charrnn_helpers.sampling import sample
from charrnn_helpers.training import (
    History,
    TrainingDivergedError,
    evaluate,
    fit,
    load,
    save,
)

VOCAB = Vocabulary.from_texts(SENTENCES)
V = len(VOCAB)
MODELS = [CharRNN, ScratchRNN]


@pytest.fixture
def pair():
    """Seven rows: every batch size from 2 to 6 leaves a last batch that is smaller."""
    ids = VOCAB.encode(" ".join(SENTENCES))
    inputs, targets = windows(ids, 7)
    assert inputs.shape == (7, 7)
    assert (targets == IGNORE_INDEX).any()
    return inputs, targets


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def new_model(model_class=CharRNN, seed=0, **kwargs):
    torch.manual_seed(seed)
    return model_class(V, 6, **kwargs)


def same_weights(a, b):
    states = a.state_dict(), b.state_dict()
    return states[0].keys() == states[1].keys() and all(
        torch.equal(states[0][name], states[1][name]) for name in states[0]
    )


class Recorder(nn.Module):
    """Passes everything on and remembers the rows and the modes that it saw."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        self.batches, self.modes = [], []

    def forward(self, ids, h_0=None):
        self.batches.append(ids.tolist())
        self.modes.append((self.training, self.model.training))
        return self.model(ids, h_0)


# ---- fit


def bare_loop(
    model, inputs, targets, *, epochs, lr, batch_size, max_norm, ignore_index, generator
):
    """The loop as every tutorial writes it, and the losses and norms by hand."""
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses, norms = [], []
    for _ in range(epochs):
        order = torch.arange(len(inputs))
        if batch_size is not None:
            order = torch.randperm(len(inputs), generator=generator)
        total, count, epoch_norms = 0.0, 0, []
        for start in range(0, len(inputs), batch_size or len(inputs)):
            rows = order[start : start + (batch_size or len(inputs))]
            logits, _ = model(inputs[rows])
            loss = F.cross_entropy(
                logits.reshape(-1, V), targets[rows].reshape(-1),
                ignore_index=ignore_index,
            )  # fmt: skip
            model.zero_grad()
            loss.backward()
            squares = sum(p.grad.double().square().sum() for p in model.parameters())
            epoch_norms.append(squares.sqrt().item())
            if max_norm is not None:
                nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            optimizer.step()
            counted = int((targets[rows] != ignore_index).sum())
            total, count = total + loss.item() * counted, count + counted
        losses.append(total / count)
        norms.append(sum(epoch_norms) / len(epoch_norms))
    return losses, norms


@pytest.mark.parametrize("model_class", MODELS)
@pytest.mark.parametrize("batch_size", [None, 1, 3, 7, 50])
@pytest.mark.parametrize("max_norm", [None, 0.1])
@pytest.mark.parametrize("ignore_index", [IGNORE_INDEX, 0])
def test_fit_is_the_bare_loop_to_the_last_digit(
    pair, model_class, batch_size, max_norm, ignore_index
):
    inputs, targets = pair
    targets = targets.where(targets != IGNORE_INDEX, ignore_index)
    controls = {
        "epochs": 3, "lr": 0.02, "batch_size": batch_size, "max_norm": max_norm,
        "ignore_index": ignore_index,
    }  # fmt: skip
    model, twin = new_model(model_class), new_model(model_class)
    history = fit(model, inputs, targets, **controls, generator=seeded())
    losses, norms = bare_loop(twin, inputs, targets, **controls, generator=seeded())
    assert same_weights(model, twin)
    assert history.losses == losses
    assert history.grad_norms == pytest.approx(norms, rel=1e-5)
    assert isinstance(history, History)
    assert not history.interrupted
    assert history.seconds > 0


def test_a_clipped_step_is_smaller_and_the_norm_is_that_before(pair):
    model = new_model()
    history = fit(model, *pair, epochs=1, lr=0.01, max_norm=0.01)
    norm = sum(p.grad.square().sum() for p in model.parameters()).sqrt().item()
    assert norm == pytest.approx(0.01, rel=1e-3)
    assert history.grad_norms[0] > 0.1


@pytest.mark.parametrize("batch_size", [None, 1, 2, 3, 6, 7, 8])
def test_every_row_is_seen_once_an_epoch(pair, batch_size):
    _, targets = pair
    rows = torch.arange(7).unsqueeze(1).expand(7, 7)  # a row is full of its number
    model = Recorder(new_model())
    fit(model, rows, targets, epochs=2, lr=0.01, batch_size=batch_size)
    sizes = [len(batch) for batch in model.batches]
    size = min(batch_size or 7, 7)
    expected = [size] * (7 // size) + ([7 % size] if 7 % size else [])
    assert sizes == expected * 2
    seen = [row[0] for batch in model.batches for row in batch]
    assert sorted(seen[:7]) == sorted(seen[7:]) == list(range(7))
    assert batch_size is None or seen[:7] != seen[7:]  # a new order each epoch
    assert set(model.modes) == {(True, True)}


def test_the_running_model_learns_its_sentences():
    torch.manual_seed(0)
    model = CharRNN(V, 12)
    inputs, targets = shift(encode_batch(VOCAB, pad(SENTENCES)))
    history = fit(model, inputs, targets, epochs=100, lr=0.01)
    assert history.losses[0] == pytest.approx(2.72, abs=0.01)
    assert history.losses[-1] == pytest.approx(0.144, abs=0.01)
    assert evaluate(model, inputs, targets) == pytest.approx(0.140, abs=0.01)


def test_a_batch_without_a_target_takes_no_step(pair):
    inputs, targets = pair
    targets = targets.clone()
    targets[2:] = IGNORE_INDEX
    model, twin = new_model(), new_model()
    controls = {"epochs": 1, "lr": 0.01, "batch_size": 1, "generator": seeded()}
    history = fit(model, inputs, targets, **controls)
    optimizer = torch.optim.Adam(twin.parameters(), lr=0.01)
    losses = []
    for row in torch.randperm(7, generator=seeded()).tolist():
        if row < 2:
            optimizer.zero_grad()
            loss = F.cross_entropy(twin(inputs[row])[0], targets[row])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    assert history.losses == pytest.approx([sum(losses) / 2], rel=1e-6)
    torch.testing.assert_close(model.state_dict(), twin.state_dict())


def test_ignored_targets_change_nothing(pair):
    inputs, targets = pair
    other = inputs.clone()
    other[-1, 4:] = 3  # under the targets that fill up the last window
    assert (targets[-1, 4:] == IGNORE_INDEX).all()
    models = new_model(), new_model()
    histories = [
        fit(model, x, targets, epochs=3, lr=0.01)
        for model, x in zip(models, (inputs, other), strict=True)
    ]
    assert histories[0].losses == pytest.approx(histories[1].losses, rel=1e-6)


def test_the_generator_orders_the_rows_and_leaves_the_global_one_alone(pair):
    def run(generator):
        model = new_model()
        torch.manual_seed(9)
        state = torch.get_rng_state()
        losses = fit(
            model, *pair, epochs=3, lr=0.01, batch_size=2, generator=generator
        ).losses
        return losses, torch.equal(torch.get_rng_state(), state)

    assert run(seeded(1)) == run(seeded(1))
    assert run(seeded(1))[0] != run(seeded(2))[0]
    assert run(seeded(1))[1]
    assert run(None) == (run(seeded(9))[0], False)


def test_integers_of_any_size_will_do(pair):
    inputs, targets = pair
    expected = fit(new_model(), inputs, targets, epochs=2, lr=0.01).losses
    for dtype in (torch.int32, torch.int16):
        narrow = inputs.to(dtype), targets.to(dtype)
        assert fit(new_model(), *narrow, epochs=2, lr=0.01).losses == expected
        assert evaluate(new_model(), *narrow) == evaluate(new_model(), *pair)


def test_the_marker_of_ignored_targets_keeps_its_value_in_small_types():
    """In uint8, -100 would be 156, and character 156 would not count."""
    model = CharRNN(200, 5)
    ids = torch.arange(140, 180).view(2, 20)  # one of them is 156
    inputs, targets = ids[:, :-1], ids[:, 1:]
    narrow = inputs.to(torch.uint8), targets.to(torch.uint8)
    assert evaluate(model, *narrow) == evaluate(model, inputs, targets)
    only = torch.full((1, 3), 156)
    assert fit(model, only.byte(), only.byte(), epochs=1, lr=0.01).losses


def test_a_callback_that_evaluates_does_not_end_the_training_mode(pair):
    model, modes = new_model(), []
    model.register_forward_pre_hook(lambda m, _: modes.append(m.training))
    fit(model, *pair, epochs=3, lr=0.01, callback=lambda epoch, history: model.eval())
    assert modes == [True, True, True]
    assert model.training


def test_the_callback_sees_each_epoch_with_its_history(pair):
    seen = []

    def callback(epoch, history):
        assert history.seconds > 0
        assert len(history.losses) == len(history.grad_norms) == epoch
        seen.append(epoch)

    fit(new_model(), *pair, epochs=4, lr=0.01, callback=callback)
    assert seen == [1, 2, 3, 4]


def test_progress_is_silent_unless_asked_for(pair, capfd):
    fit(new_model(), *pair, epochs=2, lr=0.01)
    assert capfd.readouterr() == ("", "")
    model, twin = new_model(), new_model()
    fit(model, *pair, epochs=2, lr=0.01, progress=True)
    assert "epochs: 100%" in capfd.readouterr().err
    fit(twin, *pair, epochs=2, lr=0.01)
    assert same_weights(model, twin)


def test_an_interruption_keeps_the_model_and_the_history(pair):
    def interrupt(epoch, history):
        if epoch == 3:
            raise KeyboardInterrupt

    model, twin = new_model(), new_model()
    history = fit(model, *pair, epochs=50, lr=0.01, callback=interrupt)
    shorter = fit(twin, *pair, epochs=3, lr=0.01)
    assert history.interrupted
    assert history.losses == shorter.losses
    assert history.grad_norms == shorter.grad_norms
    assert history.seconds > 0
    assert same_weights(model, twin)


def test_an_interruption_in_the_middle_of_an_epoch(pair):
    class Interrupting(Recorder):
        def forward(self, ids, h_0=None):
            if len(self.batches) == 5:
                raise KeyboardInterrupt
            return super().forward(ids, h_0)

    model = Interrupting(new_model())
    history = fit(model, *pair, epochs=50, lr=0.01, batch_size=2)  # 4 steps an epoch
    assert history.interrupted
    assert len(history.losses) == len(history.grad_norms) == 1
    assert not same_weights(model.model, new_model())


@pytest.mark.skipif(os.name != "posix", reason="SIGINT is sent as on POSIX")
def test_a_stop_while_pytorch_loads_its_optimizers_breaks_nothing():
    assert stopped(0.5) == 0


def test_an_optimizer_of_ones_own_goes_on_where_it_was(pair):
    model, twin, other = new_model(), new_model(), new_model()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    halves = [fit(model, *pair, epochs=3, optimizer=optimizer) for _ in range(2)]
    whole = fit(twin, *pair, epochs=6, lr=0.01)
    assert halves[0].losses + halves[1].losses == whole.losses
    assert same_weights(model, twin)
    for _ in range(2):  # a new Adam each time
        fit(other, *pair, epochs=3, lr=0.01)
    assert not same_weights(other, twin)


def test_what_fit_refuses_leaves_the_model_in_its_mode(pair):
    inputs, targets = pair
    frozen = new_model().requires_grad_(False)
    for model, x, y in (
        (new_model(), inputs, targets + 100),
        (new_model(), inputs + 100, targets),
        (new_model(), inputs, targets[:, 1:]),
        (frozen, inputs, targets),
    ):
        model.eval()
        model.rnn.train()
        with pytest.raises(ValueError):
            fit(model, x, y, epochs=1, lr=0.01)
        assert (model.training, model.rnn.training) == (False, True)
        assert all(p.grad is None for p in model.parameters())


def test_validation_is_measured_after_each_epoch_and_changes_nothing(pair):
    model, twin = new_model(), new_model()
    held = pair[0][:2], pair[1][:2]
    seen = []
    history = fit(
        model,
        *pair,
        epochs=3,
        lr=0.02,
        batch_size=3,
        generator=seeded(),
        validation=held,
        callback=lambda *_: seen.append(evaluate(model, *held)),
    )
    plain = fit(twin, *pair, epochs=3, lr=0.02, batch_size=3, generator=seeded())
    assert same_weights(model, twin)
    assert history.validation == seen
    assert history.losses == plain.losses
    assert plain.validation == [] and plain.best_epoch is None
    assert history.best_epoch == 3


@pytest.mark.parametrize("patience", [1, 2, 5])
def test_early_stopping_keeps_the_best_epoch(pair, patience):
    """The validation targets are wrong ones, so that learning soon does harm."""
    held = pair[0], (pair[1] + 1).masked_fill(pair[1] == IGNORE_INDEX, 0) % V
    controls = {"lr": 0.05, "validation": held}
    model = new_model()
    history = fit(model, *pair, epochs=50, patience=patience, **controls)
    best = history.best_epoch
    assert len(history.losses) == len(history.validation) == best + patience < 50
    assert min(history.validation) == history.validation[best - 1]
    twin = new_model()
    fit(twin, *pair, epochs=best, lr=0.05)
    assert same_weights(model, twin)
    assert model.training


def test_the_best_epoch_is_kept_however_the_run_ends(pair):
    held = pair[0], (pair[1] + 1).masked_fill(pair[1] == IGNORE_INDEX, 0) % V

    def stop(error, epoch, history):
        if epoch == history.best_epoch + 2:
            raise error

    for error in (KeyboardInterrupt(), RuntimeError("ended")):
        model, twin = new_model(), new_model()
        with contextlib.suppress(RuntimeError):
            fit(
                model, *pair, epochs=50, lr=0.05, validation=held, patience=9,
                callback=partial(stop, error),
            )  # fmt: skip
        histories = fit(twin, *pair, epochs=50, lr=0.05, validation=held, patience=2)
        assert same_weights(model, twin)
        assert histories.best_epoch < 40


def test_fit_refuses_a_validation_that_it_cannot_measure(pair):
    def refused(error, message, **changed):
        model = new_model()
        with pytest.raises(error, match=message):
            fit(model, *pair, epochs=1, lr=0.01, **changed)
        assert same_weights(model, new_model())

    refused(ValueError, r"patience needs validation=\(inputs, targets\)", patience=3)
    for wrong in (0, -1, 2.5, True):
        refused(
            ValueError,
            f"patience must be a whole number from 1.*got {wrong!r}",
            patience=wrong,
            validation=pair,
        )
    refused(TypeError, "pair.*got Tensor", validation=pair[0])
    refused(ValueError, r"shape \(N, T\)", validation=(pair[0], pair[1][:, :2]))
    refused(ValueError, "target", validation=(pair[0], pair[1].abs() + V))


def test_the_error_of_a_diverged_run_travels_to_another_process():
    error = TrainingDivergedError("it is nan", History([1.0], [2.0], 3.0))
    copied = pickle.loads(pickle.dumps(error))
    assert str(copied) == "it is nan"
    assert copied.history == error.history


def test_only_an_interruption_is_swallowed(pair):
    def fail(epoch, history):
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        fit(new_model(), *pair, epochs=2, lr=0.01, callback=fail)


def test_a_loss_that_is_not_finite_stops_with_advice(pair):
    model = new_model()
    with torch.no_grad():
        model.output.bias[0] = math.nan
    advice = r"loss is nan .*in epoch 1\..*fresh model.*smaller lr \(it is 0.5\)"
    with pytest.raises(TrainingDivergedError, match=advice) as caught:
        fit(model, *pair, epochs=5, lr=0.5)
    assert caught.value.history.losses == []
    assert "max_norm=1.0" in str(caught.value)
    assert isinstance(caught.value, ArithmeticError)


def test_a_huge_learning_rate_names_the_epoch_and_keeps_the_history(pair):
    model = new_model(nonlinearity="relu")
    with pytest.raises(TrainingDivergedError, match=r"it is 1e\+20") as caught:
        fit(model, *pair, epochs=50, lr=1e20)
    losses = caught.value.history.losses
    assert 1 <= len(losses) < 50
    assert all(map(math.isfinite, losses))
    assert f"in epoch {len(losses) + 1}" in str(caught.value)


def test_a_gradient_that_is_not_finite_never_reaches_the_weights(pair):
    class Steep(nn.Module):
        """Finite scores whose derivative at 0 is infinite."""

        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.zeros(V))

        def forward(self, ids, h_0=None):
            return self.w.sqrt().expand(*ids.shape, V), None

    model = Steep()
    with pytest.raises(TrainingDivergedError, match=r"norm of its gradients (nan|inf)"):
        fit(model, *pair, epochs=1, lr=0.01)
    assert torch.equal(model.w, torch.zeros(V))


def test_fit_names_what_is_out_of_range(pair):
    def refused(message, **changed):
        controls = {"epochs": 1, "lr": 0.01} | changed
        model = new_model()
        with pytest.raises(ValueError, match=message):
            fit(model, *pair, **controls)
        assert same_weights(model, new_model())

    for wrong in (0, -1, 2.5, True, None):
        refused(f"epochs must be a whole number from 1, got {wrong!r}", epochs=wrong)
    for wrong in (0, -1, 2.5, True):
        refused(f"batch_size must be .* from 1 .*got {wrong!r}", batch_size=wrong)
    for wrong in (0, -0.1, math.nan, True, "1"):
        refused(f"lr must be .* above 0 and .*, got {wrong!r}", lr=wrong)
        refused(rf"max_norm must be .* above 0 .*, got {wrong!r}", max_norm=wrong)
    for wrong in (1e38, math.inf):
        refused(rf"at most 1e\+37, got {wrong}".replace("e+38", r"e\+38"), lr=wrong)


def bad_pairs(call):
    """What fit and evaluate refuse alike."""
    inputs, targets = torch.zeros(2, 3, 4, dtype=torch.long)
    message = r"shape \(N, T\), got \(3, 4\) and \(3, 3\)"
    with pytest.raises(ValueError, match=message):
        call(inputs, targets[:, :3])
    with pytest.raises(ValueError, match=r"got \(4,\) and \(4,\).*unsqueeze\(0\)"):
        call(inputs[0], targets[0])
    with pytest.raises(ValueError, match=r"no target.*all 12 .*ignore_index=-100"):
        call(inputs, torch.full_like(targets, IGNORE_INDEX))
    with pytest.raises(ValueError, match="all 12 of them are ignore_index=0"):
        call(inputs, targets, ignore_index=0)
    for empty in (inputs[:0], inputs[:, :0]):
        with pytest.raises(ValueError, match="there is no target to learn: all 0"):
            call(empty, empty)
    with pytest.raises(TypeError, match="float32"):
        call(inputs, targets.float())
    with pytest.raises(TypeError, match="float32"):
        call(inputs.float(), targets)
    with pytest.raises(TypeError, match="a tensor, got list"):
        call(inputs.tolist(), targets)


def test_fit_refuses_what_is_no_pair():
    bad_pairs(lambda x, y, **kw: fit(new_model(), x, y, epochs=1, lr=0.01, **kw))


# ---- evaluate


@pytest.mark.parametrize("batch_size", [None, 1, 3, 7, 50])
@pytest.mark.parametrize("ignore_index", [IGNORE_INDEX, 0])
def test_evaluate_is_cross_entropy_over_all_targets(pair, batch_size, ignore_index):
    inputs, targets = pair
    targets = targets.where(targets != IGNORE_INDEX, ignore_index)
    model = new_model().double()
    expected = F.cross_entropy(
        model(inputs)[0].transpose(1, 2), targets, ignore_index=ignore_index
    ).item()
    loss = evaluate(
        model, inputs, targets, ignore_index=ignore_index, batch_size=batch_size
    )
    assert isinstance(loss, float)
    assert loss == pytest.approx(expected, rel=1e-12)


def test_a_model_without_opinion_costs_ln_v(pair):
    model = new_model().double()
    with torch.no_grad():
        model.output.weight.zero_()
        model.output.bias.fill_(5.0)
    assert evaluate(model, *pair) == pytest.approx(math.log(V), rel=1e-12)


def test_evaluate_touches_nothing(pair):
    model = Recorder(new_model())
    before = copy.deepcopy(model.state_dict())
    for outer, inner in ((True, True), (True, False), (False, True), (False, False)):
        model.train(outer)
        model.model.train(inner)
        evaluate(model, *pair, batch_size=3)
        assert (model.training, model.model.training) == (outer, inner)
        assert (model.model.rnn.training, model.model.output.training) == (inner, inner)
    assert set(model.modes) == {(False, False)}
    assert all(p.grad is None for p in model.parameters())
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())

    class Failing(Recorder):
        def forward(self, ids, h_0=None):
            raise RuntimeError("mine")

    model = Failing(new_model())
    model.model.eval()
    with pytest.raises(RuntimeError, match="mine"):
        evaluate(model, *pair)
    assert (model.training, model.model.training) == (True, False)


def test_evaluate_refuses_what_is_no_pair(pair):
    bad_pairs(lambda x, y, **kw: evaluate(new_model(), x, y, **kw))
    with pytest.raises(ValueError, match=r"batch_size must be .* from 1 .*got 0"):
        evaluate(new_model(), *pair, batch_size=0)


# ---- save and load


@pytest.fixture
def saved(tmp_path):
    """A file with a model and its vocabulary."""
    path = tmp_path / "model.pt"
    model = new_model()
    save(path, model, VOCAB)
    return path, model


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16])
@pytest.mark.parametrize(
    ("model_class", "args"),
    [
        (CharRNN, (6, 1, "tanh")),
        (CharRNN, (5, 3, "relu")),
        (ScratchRNN, (6, 1, "tanh")),
        (ScratchRNN, (5, 2, "sigmoid")),
    ],
)
def test_the_loaded_model_is_the_saved_one(tmp_path, model_class, args, dtype):
    vocab = Vocabulary("a\ud800é😀 \n\0", pad=True, end=True)
    model = model_class(len(vocab), *args).to(dtype)
    for path in (tmp_path / "model.pt", str(tmp_path / "model.pt")):
        save(path, model, vocab)
        loaded, known = load(path)
        assert type(loaded) is model_class
        assert repr(loaded) == repr(model)
        assert known == vocab
        assert known.itos == vocab.itos
        assert same_weights(loaded, model)
        assert not any(m.training for m in loaded.modules())
        for parameter in loaded.parameters():
            assert parameter.dtype == dtype
            assert parameter.requires_grad
            assert parameter.device.type == "cpu"
        if dtype != torch.float16:
            ids = torch.randint(len(vocab), (3, 8))
            for mine, theirs in zip(loaded(ids), model(ids), strict=True):
                assert torch.equal(mine, theirs)
            controls = {"temperature": 1.0}
            assert sample(
                loaded, known, "aé", 20, **controls, generator=seeded()
            ) == sample(model, vocab, "aé", 20, **controls, generator=seeded())


def test_a_loaded_model_trains_on(saved, pair):
    path, model = saved
    loaded, _ = load(path)
    a, b = (fit(m, *pair, epochs=3, lr=0.01) for m in (loaded, model))
    assert a.losses == b.losses
    assert same_weights(loaded, model)


def test_loading_draws_no_random_number(saved):
    path, _ = saved
    state = torch.get_rng_state()
    load(path)
    assert torch.equal(torch.get_rng_state(), state)


def test_another_process_loads_it_and_agrees(saved):
    path, model = saved
    code = (
        "import sys; from charrnn_helpers import data, sampling, training;"
        "model, vocab = training.load(sys.argv[1]);"
        "assert vocab == data.Vocabulary.from_texts(data.SENTENCES);"
        "print(sampling.sample(model, vocab, 'how', 30), end='|')"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(path)],
        capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONHASHSEED": "1"},
    )  # fmt: skip
    assert run.stdout == sample(model, VOCAB, "how", 30) + "|"


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_the_file_has_the_permissions_of_any_new_file(saved):
    path, _ = saved
    other = path.with_name("other")
    other.write_text("")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["torch.save", "os.fsync", "os.replace"])
def test_a_crash_while_saving_leaves_the_former_file(saved, monkeypatch, error, where):
    path, model = saved
    before = path.read_bytes()

    def crash(*args):
        if where == "torch.save":
            args[1].write(b"half a fi")
        raise error

    module, name = where.split(".")
    monkeypatch.setattr(getattr(training, module), name, crash)
    with pytest.raises(type(error)):
        save(path, new_model(seed=1), VOCAB)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == ["model.pt"]
    assert same_weights(load(path)[0], model)


def test_a_symbolic_link_stays_one_and_leads_to_the_new_model(saved):
    path, _ = saved
    link = path.with_name("latest.pt")
    try:
        link.symlink_to(path.name)
    except OSError:
        pytest.skip("this system lets nobody make symbolic links")
    save(link, new_model(seed=7), VOCAB)
    assert link.is_symlink()
    assert same_weights(load(path)[0], new_model(seed=7))


def test_the_file_is_complete_before_it_gets_its_name(saved, monkeypatch):
    path, _ = saved
    seen = []
    replace = os.replace

    def look(source, target):
        seen.append(same_weights(load(source)[0], new_model(seed=1)))
        assert os.path.dirname(source) == str(path.parent)
        replace(source, target)

    monkeypatch.setattr(os, "replace", look)
    save(path, new_model(seed=1), VOCAB)
    assert seen == [True]
    assert os.listdir(path.parent) == ["model.pt"]


def refused(path, content, message):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        load(path)
    assert repr(str(path)) in str(caught.value)


def test_a_file_cut_off_anywhere_is_refused(saved):
    path, _ = saved
    content = path.read_bytes()
    for length in {0, 1, *range(2, len(content), 61), len(content) - 1}:
        refused(path, content[:length], "damaged, incomplete")


def test_a_flipped_bit_anywhere_is_refused(saved):
    path, _ = saved
    content = path.read_bytes()
    for place in range(0, len(content), 11):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        refused(path, damaged, "damaged, incomplete")


def test_a_flipped_bit_in_a_weight_is_noticed(saved):
    path, model = saved
    content = path.read_bytes()
    weights = model.rnn.weight_hh_l0.detach().numpy().tobytes()
    place = content.index(weights) + len(weights) // 2
    damaged = bytearray(content)
    damaged[place] ^= 1
    refused(path, damaged, "damaged, incomplete")


def sealed(content):
    """A file that somebody made on purpose: its digest is right."""
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue() + hashlib.sha256(file.getvalue()).digest()


class Evil:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_nothing_in_a_file_is_executed(saved):
    path, _ = saved
    trap = path.with_name("executed")
    good = torch.load(path, weights_only=True)
    for content in (Evil(trap), good | {"vocabulary": Evil(trap)}):
        plain = pickle.dumps(content)
        refused(path, plain, "cannot be read")
        for forged in (sealed(content), plain + hashlib.sha256(plain).digest()):
            refused(path, forged, r"not written by .*nothing in it has been executed")
        assert not trap.exists()
    pickle.loads(pickle.dumps(Evil(trap)))
    assert trap.exists()  # the trap does work


def test_foreign_files_are_refused(saved):
    path, _ = saved
    for content in (b"", b"a text", b"PK\x03\x04", bytes(5000), pickle.dumps({})):
        refused(path, content, "no file that charrnn_helpers.training.save wrote")
    archive = io.BytesIO()
    np.savez(archive, a=np.zeros(3))
    refused(path, archive.getvalue(), "no file that charrnn_helpers.training.save")
    for content in (new_model().state_dict(), [1, 2], {}, None):
        for new in (True, False):
            file = io.BytesIO()
            torch.save(content, file, _use_new_zipfile_serialization=new)
            refused(path, file.getvalue(), r"cannot be read.*with torch\.load")
        refused(path, sealed(content), "was not written by")


@pytest.mark.parametrize("version", [2, 99, "2", None])
def test_a_newer_version_is_refused(saved, version):
    path, _ = saved
    content = torch.load(path, weights_only=True) | {"version": version}
    refused(path, sealed(content), f"version {version!r}, .* reads version 1: update")


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("model", "LSTM"),
        ("model", ["CharRNN"]),
        ("model", "ScratchRNN"),
        ("vocabulary", {"characters": "abc"}),
        ("vocabulary", {"characters": ""}),
        ("vocabulary", None),
        ("hyperparameters", {"vocab_size": V, "hidden_size": 10**9}),
        ("hyperparameters", {"vocab_size": V, "hidden_size": 7}),
        ("hyperparameters", {"vocab_size": V, "hidden_size": 6, "num_layers": 2}),
        ("hyperparameters", {}),
        ("state_dict", {}),
        ("state_dict", None),
    ],
)
def test_parts_that_do_not_fit_are_refused(saved, part, value):
    path, _ = saved
    content = torch.load(path, weights_only=True)
    for changed in (
        content | {part: value},
        {name: v for name, v in content.items() if name != part},
    ):
        refused(path, sealed(changed), "damaged: its parts do not fit together")


def test_a_file_that_is_not_there_is_just_that(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "missing.pt")


def test_save_refuses_what_it_could_not_load(tmp_path):
    class Mine(CharRNN):
        pass

    path = tmp_path / "model.pt"
    for model in (nn.Linear(2, 2), Mine(V, 3)):
        with pytest.raises(TypeError, match=f"got {type(model).__name__}.*state_dict"):
            save(path, model, VOCAB)
    with pytest.raises(TypeError, match="must be a Vocabulary, got dict"):
        save(path, new_model(), VOCAB.stoi)
    with pytest.raises(ValueError, match="scores 16 symbols and the vocabulary has 3"):
        save(path, new_model(), Vocabulary("abc"))
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere"):
        save(tmp_path / "nowhere" / "model.pt", new_model(), VOCAB)
    assert os.listdir(tmp_path) == []


def lstm(model):
    model.rnn = nn.LSTM(V, 6, batch_first=True)


def relu(model):
    model.rnn = nn.RNN(V, 6, nonlinearity="relu", batch_first=True)


def squashed(model):
    class Squashed(nn.Linear):
        def forward(self, states):
            return super().forward(states).tanh()

    model.output = Squashed(6, V)


def two_layers(model):
    model.rnn = nn.RNN(V, 6, 2, batch_first=True)


CHANGES = {
    r"'rnn' is LSTM, not RNN": lstm,
    r"of its part 'rnn' is .*RELU|of its part 'rnn' is 'relu'": relu,
    r"num_layers of its part 'rnn' is 2, not 1": two_layers,
    r"'output' is Squashed, not Linear": squashed,
    r"hidden_size of its part 'rnn' is 6, not 7": lambda m: setattr(
        m, "hidden_size", 7
    ),
    r"of its part 'rnn' is 'tanh', not 'relu'|RNN_TANH": lambda m: setattr(
        m, "nonlinearity", "relu"
    ),
    r"num_layers is 100000000, and there are 6 weights": lambda m: setattr(
        m, "num_layers", 10**8
    ),
    r"shape of scale is \(3,\), not missing": lambda m: m.register_parameter(
        "scale", nn.Parameter(torch.ones(3))
    ),
    r"bias.* of .*output|shape of output.bias": lambda m: setattr(
        m, "output", nn.Linear(6, V, bias=False)
    ),
    r"'output' is ParametrizedLinear": lambda m: nn.utils.parametrizations.weight_norm(
        m.output
    ),
    r"'dropout' is new": lambda m: m.add_module("dropout", nn.Dropout()),
    r"'output' has a hook": lambda m: m.output.register_forward_hook(
        lambda module, args, output: -output
    ),
    r"the model has a hook or a forward method": lambda m: setattr(
        m, "forward", lambda ids, h_0=None: None
    ),
}


@pytest.mark.parametrize("message", CHANGES)
def test_save_names_the_change_that_the_file_could_not_hold(saved, message):
    path, former = saved
    model = new_model(seed=3)
    CHANGES[message](model)
    with pytest.raises(ValueError, match="^the model cannot be saved: .*" + message):
        save(path, model, VOCAB)
    assert os.listdir(path.parent) == ["model.pt"]
    assert same_weights(load(path)[0], former)


def test_save_notices_a_method_that_was_replaced(saved, monkeypatch):
    path, _ = saved
    model, original = new_model(), CharRNN.forward
    monkeypatch.setattr(
        CharRNN, "forward",
        lambda self, ids, h_0=None: (
            original(self, ids, h_0)[0] * (1 + (self is model)), None,
        ),
    )  # fmt: skip
    with pytest.raises(ValueError, match="loaded again, it gives other logits"):
        save(path, model, VOCAB)


def test_sizes_of_numpy_and_weights_of_a_diverged_model_come_back(tmp_path):
    model = CharRNN(np.int64(V), np.int32(6), num_layers=np.int64(2))
    model.hidden_size = np.int64(6)
    with torch.no_grad():
        model.output.bias[3] = math.nan
    vocab = Vocabulary(VOCAB.characters, pad=np.bool_(False))
    save(tmp_path / "model.pt", model, vocab)
    loaded, known = load(tmp_path / "model.pt")
    assert known == vocab
    assert torch.equal(loaded.rnn.weight_hh_l1, model.rnn.weight_hh_l1)
    assert loaded.output.bias[3].isnan()


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_a_private_file_stays_private(saved):
    path, _ = saved
    path.chmod(0o600)
    save(path, new_model(seed=1), VOCAB)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_killed_saves_left_is_removed_and_nothing_else(saved):
    path, _ = saved
    old = time.time() - 3600
    names = [".model.pt.0123abcd", ".model.pt.ffffffff", ".other.pt.0123abcd", "notes"]
    for name in names:
        path.with_name(name).write_text("")
        os.utime(path.with_name(name), (old, old))
    path.with_name(".model.pt.00000000").write_text("")  # another save, under way
    save(path, new_model(seed=1), VOCAB)
    assert sorted(os.listdir(path.parent)) == [
        ".model.pt.00000000", ".other.pt.0123abcd", "model.pt", "notes",
    ]  # fmt: skip


def test_what_is_no_file_of_a_sensible_size_is_refused_at_once(tmp_path):
    for call in (load, lambda path: save(path, new_model(), VOCAB)):
        with pytest.raises(ValueError, match="is a folder, not a file"):
            call(tmp_path)
        if hasattr(os, "mkfifo"):
            pipe = tmp_path / "pipe"
            if not pipe.exists():
                os.mkfifo(pipe)
            with pytest.raises(ValueError, match="is a pipe or a device, not a file"):
                call(pipe)
    huge = tmp_path / "huge"
    huge.touch()
    os.truncate(huge, training.LARGEST_FILE + 1)
    with pytest.raises(ValueError, match=r"1,073,741,825 bytes"):
        load(huge)


def test_a_forged_number_of_layers_is_refused_before_they_are_built(saved):
    path, _ = saved
    content = torch.load(path, weights_only=True)
    sizes = content["hyperparameters"] | {"num_layers": 10**8}
    message = "do not fit together .*num_layers is 100000000, and there are 6 weights"
    refused(path, sealed(content | {"hyperparameters": sizes}), message)
