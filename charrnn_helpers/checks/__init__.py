"""The checks of the exercises: ``checks.pad(my_pad)`` prints one line and never raises.

Each notebook with exercises has a module here, which holds them with their references
and with the usual wrong answers; ``_engine`` runs and compares.
"""

from __future__ import annotations

from charrnn_helpers.checks import (
    _01_text,
    _02_targets,
    _03_one_hot,
    _04_rnn_model,
    _05_cell,
    _06_training,
    _07_sampling,
    _08_bug_clinic,
)
from charrnn_helpers.checks._01_text import (
    different_bigrams,
    fit_texts,
    ids_needed,
    pad,
    translate,
)
from charrnn_helpers.checks._02_targets import (
    count_loss,
    cut_windows,
    line_and_floor,
    shift_batch,
    shift_prediction,
)
from charrnn_helpers.checks._03_one_hot import (
    look_up_gradient,
    memory,
    one_hot,
    shared_memory,
    straight_line,
)
from charrnn_helpers.checks._04_rnn_model import (
    last_state,
    memory_test,
    parameter_budget,
    rnn_shapes,
    wrong_line,
)
from charrnn_helpers.checks._05_cell import (
    one_step,
    sigmoid_by_tanh,
    stream,
    two_loops,
    what_a_proof_catches,
)
from charrnn_helpers.checks._06_training import (
    clipped_step,
    counted_loss,
    learning_rate,
    resume,
    wrong_lines,
)
from charrnn_helpers.checks._07_sampling import (
    completion,
    lost_state,
    predict_step,
    settings_for_both,
    shaped_probs,
)
from charrnn_helpers.checks._08_bug_clinic import (
    clinic_complete,
    clinic_logits,
    clinic_loss,
    clinic_mask,
    clinic_pairs,
    clinic_rows,
    clinic_step,
    clinic_windows,
)
from charrnn_helpers.checks._engine import Exercise, Question, tally

EXERCISES: tuple[Exercise | Question, ...] = (
    *_01_text.EXERCISES,
    *_02_targets.EXERCISES,
    *_03_one_hot.EXERCISES,
    *_04_rnn_model.EXERCISES,
    *_05_cell.EXERCISES,
    *_06_training.EXERCISES,
    *_07_sampling.EXERCISES,
    *_08_bug_clinic.EXERCISES,
)
"""Every exercise of the series, in order."""


def summary(notebook: str) -> None:
    """Print how the exercises of one notebook stand in this session.

    Args:
        notebook: its two digits, such as "03".

    Raises:
        ValueError: if that notebook has no exercises.
    """
    numbers = [e.number for e in EXERCISES if e.number.startswith(f"{int(notebook)}.")]
    if not numbers:
        raise ValueError(f"notebook {notebook!r} has no exercises")
    print(tally(numbers))
