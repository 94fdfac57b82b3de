"""Make the environment .venv and install the series into it: `make` runs this.

    python3 .ci/bootstrap.py [--new]

With --new, an environment of another Python version than this one is made again.
Whatever Python runs this file must be able to read it, or the reader with an old one
would get a SyntaxError instead of a sentence: hence no f-strings and no annotations.
"""

import hashlib
import os
import platform
import subprocess
import sys
import time

NEEDED = (3, 11)
FILES = ("pyproject.toml", "requirements.txt", "constraints.txt")
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "installed.txt")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")


def say(text):
    """Print at once, also into a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def fail(text):
    """Stop with a sentence that says what to do."""
    sys.stderr.write("\n" + text + "\n\n")
    sys.exit(1)


def dotted(version):
    """(3, 11) -> 3.11."""
    return ".".join(str(part) for part in version)


def venv_version():
    """The version of the environment's Python, or None when there is none that runs."""
    code = "import sys, pip; print('%d %d' % sys.version_info[:2])"
    try:
        with open(os.devnull, "w") as null:
            out = subprocess.check_output([PYTHON, "-c", code], stderr=null)
    except (OSError, subprocess.CalledProcessError):
        return None
    return tuple(int(part) for part in out.decode().split())


def fingerprint():
    """What the environment must have been made from to be up to date."""
    digest = hashlib.sha256(ROOT.encode("utf-8"))
    for name in FILES:
        with open(os.path.join(ROOT, name), "rb") as stream:
            digest.update(stream.read())
    return digest.hexdigest()


def read_stamp():
    """The fingerprint of the last complete installation."""
    try:
        with open(STAMP) as stream:
            return stream.read().strip()
    except (OSError, IOError):
        return ""


def make_venv():
    """Create .venv with the Python that runs this file."""
    say("Making the environment .venv with Python " + platform.python_version() + ".")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        fail(
            "The environment .venv could not be made. On Debian or Ubuntu install\n"
            "the package python3-venv (sudo apt-get install python3-venv); elsewhere\n"
            "install Python from python.org. Then run make again."
        )


def install():
    """Install what requirements.txt lists."""
    say("Installing the pinned packages into .venv: one to three minutes, 1.3 GB.")
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--no-input", "-r", "requirements.txt"]
    if not sys.stdout.isatty():
        command.append("--quiet")
    started = time.time()
    if subprocess.call(command, cwd=ROOT) != 0:
        fail(
            "A package could not be installed; pip says above which one and why.\n"
            "- No connection? Check the network, and the proxy (HTTPS_PROXY).\n"
            "- Behind a mirror of the package index? Name it in PIP_INDEX_URL.\n"
            "- No version found for this Python or machine (it is Python %s on %s)?\n"
            "  Name another Python: make PYTHON=/path/to/python3.11\n"
            "- Out of space or time on Linux, where torch brings gigabytes for NVIDIA\n"
            "  cards? Install torch's CPU build into .venv first (.venv/bin/pip; the\n"
            "  command is on pytorch.org under Get started, with the version that\n"
            "  requirements.txt names).\n"
            "Then run make again: it goes on from here."
            % (platform.python_version(), platform.system() + " " + platform.machine())
        )
    say("Installed in %.0f s." % (time.time() - started))


def main():
    """Bring .venv up to date, as cheaply as possible."""
    if sys.version_info[:2] < NEEDED:
        fail(
            "Python %s or newer is needed, found %s (%s).\n"
            "Install a newer one from python.org or with your system's packages, or\n"
            "name one that you have: make PYTHON=/path/to/python3.11"
            % (dotted(NEEDED), platform.python_version(), sys.executable)
        )
    found = venv_version()
    new = "--new" in sys.argv[1:] and found != sys.version_info[:2]
    if found is None or found < NEEDED or new:
        make_venv()
        found = venv_version()
    wanted = fingerprint()
    if read_stamp() == wanted:
        say("Environment: .venv with Python %s is up to date." % dotted(found))
        return
    install()
    with open(STAMP, "w") as stream:
        stream.write(wanted + "\n")


if __name__ == "__main__":
    main()
