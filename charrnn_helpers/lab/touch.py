"""The picture of a lab, whose parts can be pointed at, reached by keyboard and picked.

The HTML comes from Python; three attributes make a part of it touchable:

``data-pick="key"``
    A click, Enter or Space picks it, and Python learns the key. Put it on a
    ``<button>``, or on a ``<g role="button" aria-label="…">`` of an SVG.
``data-link="w5 p2"``
    While it is pointed at or has the focus, every part of the lab that shares one of
    these words is framed, in this picture and in others of the same lab.
``data-say="…"``
    While it is pointed at or has the focus, this sentence stands under the picture.

Tab reaches each table, SVG or element with ``data-group`` once; the arrow keys move
from part to part inside it. :class:`charrnn_helpers.lab.pictures.Cell` and ``Tile``
take ``pick``, ``link`` and ``say`` and write the attributes, escaped.
"""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

HERE = Path(__file__).parent


class Touch(anywidget.AnyWidget):
    """An HTML picture with parts to touch.

    Attributes:
        value: the HTML; escaped by who wrote it.
        picked: the key of the part that was picked last.
        picks: how often something was picked: the same part may be picked again.
        stale: whether it is drawn pale, because what is asked for cannot be drawn.
    """

    _esm = (HERE / "touch.js").read_text(encoding="utf-8")
    _css = (HERE / "touch.css").read_text(encoding="utf-8")
    value = traitlets.Unicode("").tag(sync=True)
    picked = traitlets.Unicode("").tag(sync=True)
    picks = traitlets.Int(0).tag(sync=True)
    stale = traitlets.Bool(False).tag(sync=True)

    def pick(self, key: str) -> None:
        """Pick a part, as a click on it does."""
        with self.hold_trait_notifications():
            self.picked = key
            self.picks += 1

    def __repr__(self) -> str:
        return "[A picture to touch: in JupyterLab, run this cell to see it.]"
