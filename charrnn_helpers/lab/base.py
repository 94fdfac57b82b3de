"""What all labs share: controls on top, a sentence and a picture below.

A lab has two halves. The computing half is a plain function from the state of the
controls to a :class:`Drawing`; it is tested without a front end. The widget half, a
:class:`Lab`, binds controls to it and redraws when one changes. Wrong input raises
``ValueError`` in the computing half; the lab shows its message as a sentence, above
the last picture that it could draw. Parts of the picture can be pointed at and picked:
:mod:`charrnn_helpers.lab.touch`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ipywidgets as widgets

from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.touch import Touch
from charrnn_helpers.running import running_model

RESERVED = ("text", "picture", "picked", "draw")
"""What an attribute of a lab is called, so that no control can be."""

MAX_CHARACTERS = 200
"""Longest text that a lab draws; a longer one gets a sentence, not a slow picture."""

LONGEST = 60
"""Characters of a prompt, and of what a lab adds to it, at the most."""


@dataclass(frozen=True)
class Drawing:
    """What a lab shows for one state of its controls.

    Attributes:
        text: what there is to see, in a sentence or two; HTML, escaped.
        picture: HTML, escaped.
    """

    text: str
    picture: str


class Lab(widgets.VBox):
    """Controls bound to a drawing.

    Args:
        title: the name of the lab.
        controls: name → control, in the order of the keyboard; each has a description.
            Each is also an attribute of the lab: ``lab.slider.value = 3``.
        draw: from the values of the controls, passed by name, to a :class:`Drawing`;
            raises ValueError, with a sentence for the reader, on wrong input.
        rows: which controls share a row, by name; None gives each one its own.
        extra: widgets between the controls and the sentence, such as buttons.
        picked: the key of the part that is picked at first, or ``""`` for none. Then
            ``draw`` is passed ``picked`` too, and a part that is picked again is let
            go. None: a pick is no state of the lab.
        on_pick: called with the lab and the key of a part that was picked, to set
            a control: ``lambda lab, key: setattr(lab.step, "value", int(key))``.

    Attributes:
        text: the HTML widget with the sentence.
        picture: the picture, a :class:`~charrnn_helpers.lab.touch.Touch`;
            ``lab.picture.pick(key)`` does what a click on a part does.
        picked: the key of the part that is picked.
        redraws: how often the lab has drawn, for the tests.
    """

    def __init__(
        self,
        title: str,
        controls: Mapping[str, widgets.ValueWidget],
        draw: Callable[..., Drawing],
        *,
        rows: Sequence[Sequence[str]] | None = None,
        extra: Sequence[widgets.Widget] = (),
        picked: str | None = None,
        on_pick: Callable[[Lab, str], object] | None = None,
    ) -> None:
        self.controls = dict(controls)
        for name, control in self.controls.items():
            if hasattr(type(self), name) or name in RESERVED:
                raise ValueError(f"a control of a lab cannot be called {name!r}")
            setattr(self, name, control)
            control.style.description_width = "initial"
        self.draw = draw
        self.redraws = 0
        self.picked = picked
        self.on_pick = on_pick
        self.text = widgets.HTML()
        self.picture = Touch()
        heading = widgets.HTML(f"<b>{pictures.plain(title)}</b>")
        lines = [
            widgets.HBox(
                [self.controls[name] for name in row],
                layout=widgets.Layout(flex_flow="row wrap"),
            )
            for row in rows or [[name] for name in self.controls]
        ]
        super().__init__(
            [heading, *lines, *extra, self.text, self.picture],
            layout=widgets.Layout(
                border="1px solid #767676", padding="8px", margin="4px 0"
            ),
        )
        self.add_class("charrnn-lab")
        self.redraw()
        for control in self.controls.values():
            control.observe(self._changed, names="value")
        self.picture.observe(self._was_picked, names="picks")

    def redraw(self) -> None:
        """Draw the present state of the controls.

        The front end sends the next state of a dragged slider only when this one has
        been answered, and then the latest: stale states never queue up.
        """
        values = {name: control.value for name, control in self.controls.items()}
        if self.picked is not None:
            values["picked"] = self.picked
        self.redraws += 1
        try:
            drawing = self.draw(**values)
        except ValueError as error:
            self.text.value = pictures.problem(str(error))
            self.picture.stale = True
            return
        self.picture.stale = False
        self.text.value = drawing.text
        self.picture.value = drawing.picture

    def _changed(self, change: object) -> None:
        self.redraw()

    def _was_picked(self, change: object) -> None:
        key = self.picture.picked
        if self.on_pick is not None:
            self.on_pick(self, key)
        if self.picked is not None:
            self.picked = "" if key == self.picked else key
            self.redraw()

    @property
    def said(self) -> str:
        """The sentence under the controls, as plain text."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.text.value)).split())

    def __repr__(self) -> str:
        return "[An interactive lab: in JupyterLab, run this cell to use it.]"


def check_text(
    text: str, name: str, *, minimum: int = 1, maximum: int = MAX_CHARACTERS
) -> str:
    """Refuse a text that a lab cannot draw.

    Raises:
        ValueError: if it is shorter than ``minimum`` or longer than ``maximum``.
    """
    if len(text) < minimum:
        characters = "character" if minimum == 1 else "characters"
        raise ValueError(f"{name} is too short: type at least {minimum} {characters}.")
    if len(text) > maximum:
        raise ValueError(
            f"{name} has {len(text):,} characters; this lab draws up to "
            f"{maximum}. Type a shorter one."
        )
    return text


def check_prompt(prompt: str, length: int) -> None:
    """Refuse a prompt, or a number of new characters, that a lab cannot draw.

    Raises:
        ValueError: if the prompt is empty, too long or holds a character that the
            model does not know, or if ``length`` is not in 1 to LONGEST.
    """
    check_text(prompt, "Your prompt", maximum=LONGEST)
    known = running_model()[1].characters
    for place, character in enumerate(prompt, start=1):
        if character not in known:
            raise ValueError(
                f"The model has never seen “{character}”, character {place} of your "
                "prompt: it knows the space and the letters "
                f"{' '.join(known.replace(' ', ''))}. Type one of those instead."
            )
    if not 1 <= length <= LONGEST:
        raise ValueError(
            f"The lab adds 1 to {LONGEST} new characters; {length} are not possible."
        )
