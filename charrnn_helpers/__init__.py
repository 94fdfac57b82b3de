"""The helper package behind the notebooks *Character RNNs, step by step*.

Each notebook builds its idea in the open, proves that it agrees with the version in
this package, and the later notebooks import that version:

Taught, each function built in a notebook:

- ``data``: vocabulary, padding, shifting, one-hot rows, windows, counting baselines.
- ``models``: the models on ``nn.RNN``, ``nn.LSTM`` and ``nn.GRU``, and from scratch.
- ``training``: the training loop, evaluation, saving and loading.
- ``sampling``: predicting one character, generating many; ``fast`` does it in NumPy.
- ``gradients``: backpropagation through time by hand, and how far a gradient reaches.
- ``diagnosis``: ``diagnose``, which looks for the bugs that raise no error.

Never a lesson:

- ``environment``: the check of the installation and the notebooks' set-up.
- ``running``: the running example and its trained model, for labs and checks.
- ``corpus``: the source code of ``torch.nn``, and a model that was trained on it.
- ``names``: first names, most of them to train on, the others to be tested on.
- ``plotting``, ``exercises``, ``lab``: the kits that several lessons share.
- ``lessons``: one room a lesson, with its figures, its checks and its lab.

Importing the package itself loads none of them, so that
``charrnn_helpers.environment.check()`` can run, and say what to do, where PyTorch is
missing. ``charrnn_helpers.diagnose`` is loaded at its first use.
"""

from charrnn_helpers.environment import prepare_matplotlib

__version__ = "1.0.0"

prepare_matplotlib()


def __getattr__(name: str) -> object:
    """Load ``diagnose`` and ``Finding``, and with them torch, at their first use."""
    if name in ("diagnose", "Finding"):
        from charrnn_helpers import diagnosis

        return getattr(diagnosis, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
