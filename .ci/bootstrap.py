"""Make the environment .venv and install the series into it: `make` runs this.

    python3.12 .ci/bootstrap.py           make it anew with this Python
    .venv/bin/python .ci/bootstrap.py     go on with what is there
    python3.12 .ci/bootstrap.py --check   only say whether this Python will do

Whatever Python runs this file must be able to read it, or the reader with an old one
would get a SyntaxError instead of a sentence: hence no f-strings and no annotations.
"""

from __future__ import print_function

import os
import platform
import subprocess
import sys

SUPPORTED = ((3, 11), (3, 12), (3, 13))
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
NO_PYTHON = """
Python 3.11, 3.12 or 3.13 is needed; this is Python %s (%s),
%s. Install one of the three from python.org or with
your system's packages, or name one that you have: make PYTHON=/path/to/python3.12
"""
NO_VENV = """
The environment .venv could not be made. On Debian or Ubuntu install the package
python3-venv (sudo apt-get install python3-venv); elsewhere install Python from
python.org. Then run make again.
"""
NO_PACKAGE = """
A package could not be installed; pip says above which one and why.
- No connection? Check the network, and the proxy (HTTPS_PROXY).
- Behind a mirror of the package index? Name it in PIP_INDEX_URL.
- No version found for this Python or machine (it is Python %s on %s %s)?
  Name another Python: make PYTHON=/path/to/python3.12
- Out of space or time on Linux, where torch brings gigabytes for NVIDIA cards?
  Install torch's CPU build into .venv first (.venv/bin/pip; the command is on
  pytorch.org under Get started, with the version that requirements.txt names).
Then run make again: it goes on from here.
"""


def in_venv():
    """Whether .venv's own Python runs this file."""
    return os.path.realpath(sys.prefix) == os.path.realpath(VENV)


def check():
    """Stop with a sentence unless this Python can make or fill the environment."""
    found = sys.version_info[:2]
    if found not in SUPPORTED:
        why = "too old" if found < SUPPORTED[0] else "too new for the pinned packages"
        sys.exit(NO_PYTHON % (platform.python_version(), sys.executable, why))
    try:
        __import__("pip" if in_venv() else "ensurepip")
    except ImportError:
        sys.exit(NO_VENV)


def main():
    """Make .venv unless its own Python runs this file, and install into it."""
    check()
    if not in_venv():
        print("Making .venv with Python " + platform.python_version() + ".", flush=True)
        if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
            sys.exit(NO_VENV)
    print("Installing the pinned packages: one to three minutes, 1.3 GB.", flush=True)
    command = [os.path.join(VENV, "bin", "python"), "-m", "pip", "install"]
    command += ["--disable-pip-version-check", "--no-input", "-r", "requirements.txt"]
    if not sys.stdout.isatty():
        command.append("--quiet")
    if subprocess.call(command, cwd=ROOT) != 0:
        machine = (platform.python_version(), platform.system(), platform.machine())
        sys.exit(NO_PACKAGE % machine)


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        check()
    else:
        main()
