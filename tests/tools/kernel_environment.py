"""The environment variables under which every notebook is executed.

The tests, `make refresh` and `make portability` all take them from here, so that a
notebook runs the same in each, whatever the user's own settings are.
"""

import atexit
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def prepare() -> None:
    """Set in this process what the kernels that it starts should inherit.

    One thread unless the caller asks for another number: more gain nothing on matrices
    as small as these, and on busy cores they wait for one another. The user's IPython,
    Jupyter and matplotlib settings are left aside, since they would change the outputs.
    """
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, "1")
    settings = tempfile.mkdtemp(prefix="charrnn-")
    atexit.register(shutil.rmtree, settings, ignore_errors=True)
    os.environ["IPYTHONDIR"] = os.path.join(settings, "ipython")
    os.environ["JUPYTER_CONFIG_DIR"] = os.path.join(settings, "jupyter")
    # Jupyter warns about its own folders, and the debugger about frozen modules.
    os.environ["JUPYTER_PLATFORM_DIRS"] = "1"
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    # The kernel chooses the backend that puts figures into the notebook.
    os.environ.pop("MPLBACKEND", None)
    matplotlib = importlib.util.find_spec("matplotlib")
    if matplotlib is not None and matplotlib.origin is not None:
        defaults = Path(matplotlib.origin).parent / "mpl-data" / "matplotlibrc"
        os.environ["MATPLOTLIBRC"] = str(defaults)
