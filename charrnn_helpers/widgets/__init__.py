"""The interactive labs: one function a lab, one line to call it in a notebook.

They need a running kernel, in JupyterLab or another front end of ipywidgets. On a
static page the figures of the notebook carry the lesson.
"""

from __future__ import annotations

from charrnn_helpers.widgets._00_finish import finish_lab
from charrnn_helpers.widgets._01_padding import padding_lab
from charrnn_helpers.widgets._02_shift import shift_lab
from charrnn_helpers.widgets._03_one_hot import one_hot_lab
from charrnn_helpers.widgets._04_shapes import shapes_lab
from charrnn_helpers.widgets._05_cell import cell_lab
from charrnn_helpers.widgets._06_training import training_lab
from charrnn_helpers.widgets._07_sampling import sampling_lab

__all__ = [
    "cell_lab",
    "finish_lab",
    "one_hot_lab",
    "padding_lab",
    "sampling_lab",
    "shapes_lab",
    "shift_lab",
    "training_lab",
]
