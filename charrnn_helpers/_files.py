"""Files that are complete or not there, and that say when they are damaged."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import secrets
import stat
import time
from pathlib import Path

import torch

from charrnn_helpers import _validate

_DIGEST_SIZE = hashlib.sha256().digest_size
_LEFTOVER_AGE = 60  # seconds: a younger file may belong to a save that is under way


def pack(content: dict) -> bytes:
    """Tensors and plain data as bytes, and the digest that tells of any change."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    # torch.load reads a changed weight without a word: the digest tells.
    return buffer.getvalue() + hashlib.sha256(buffer.getvalue()).digest()


def unpack(whole: bytes, shown: str, writer: str, version: int) -> dict:
    """What :func:`pack` was given; nothing in it is executed.

    Args:
        whole: the bytes.
        shown: the file as a message names it.
        writer: the function that writes such files.
        version: what ``content["version"]`` must be.

    Raises:
        ValueError: if the bytes are damaged, of another writer or version.
    """
    written, digest = whole[:-_DIGEST_SIZE], whole[-_DIGEST_SIZE:]
    if hashlib.sha256(written).digest() != digest:
        raise ValueError(
            f"{shown} cannot be read: it is damaged, incomplete, or no file that "
            f"{writer} wrote. Save the model again, or take a "
            "backup; a file of torch.save is read with torch.load"
        )
    try:
        content = torch.load(io.BytesIO(written), map_location="cpu", weights_only=True)
        found = content["version"]
    except Exception as error:  # a forged file can fail in any way
        raise ValueError(
            f"{shown} was not written by {writer}; nothing in it has been executed"
        ) from error
    if found != version:
        raise ValueError(
            f"{shown} has format version {_validate.shown(found)}, and this "
            f"charrnn_helpers reads version {version}: update charrnn_helpers"
        )
    return content


def replace(path: Path, whole: bytes) -> None:
    """Write under another name in the same folder, then rename.

    A crash leaves the former file as it was; what it leaves behind is removed by a
    later call for the same path. An existing file keeps its permissions.
    """
    # Not tempfile: its files are readable by their owner only, also once renamed.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(temporary, "xb") as file:
            if path.exists():
                os.chmod(temporary, stat.S_IMODE(path.stat().st_mode))
            file.write(whole)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _remove_leftovers(path)


def _remove_leftovers(path: Path) -> None:
    """Remove what killed writers of this path have left in its folder."""
    pattern = re.compile(re.escape(f".{path.name}.") + "[0-9a-f]{8}")
    with contextlib.suppress(OSError):  # another one may be removing them, too
        for file in path.parent.iterdir():
            if pattern.fullmatch(file.name):
                age = time.time() - file.stat().st_mtime
                if age > _LEFTOVER_AGE:
                    file.unlink()


def check_path(path: str | os.PathLike[str]) -> None:
    """A string or a Path; TypeError."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path must be a string or a Path, got {type(path).__name__}")


def check_regular(path: str | os.PathLike[str]) -> None:
    """A file that is there, no folder and no pipe; FileNotFoundError, ValueError."""
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
        raise ValueError(f"{str(path)!r} is {kind}, not a file")
