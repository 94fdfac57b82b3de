"""The figures of the series: their look, and the numbers that they stand on.

The ``draw_…`` functions take plain data (lists, NumPy arrays, PyTorch tensors, texts),
draw on ``ax`` or on a figure of their own, and return the figure. ``show`` displays it
together with its alternative text and its rounded data; the data is what the
regression run compares, because pictures differ from machine to machine.
"""

import base64
import io
import math
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import (
    LineCollection,
    PathCollection,
    PolyCollection,
    QuadMesh,
)
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator
from PIL import Image

# Okabe and Ito's colours, those that keep a contrast of 3:1 on white as lines.
BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
BLACK = "#000000"
GREY = "#767676"

# Washes of the same colours, for the inside of boxes under black text.
_PALE_BLUE = "#E6F1F9"
_PALE_VERMILLION = "#FBE6D6"
_PALE_GREEN = "#DDF1EA"
_PALE_GREY = "#F0F0F0"
_DARK_VERMILLION = "#A84A00"  # for letters, which need a contrast of 4.5:1
_FAINT = "#DDDDDD"

_DASHES = "--"
_LONG_DASHES = (0, (8, 2.5))
_DASH_DOT_DOT = (0, (5, 1.5, 1, 1.5, 1, 1.5))

# What has a fixed meaning has a fixed look; the line style repeats the colour.
_LOOKS = {
    "training": (BLUE, "-"),
    "validation": (VERMILLION, _DASHES),
    "RNN": (BLACK, "-"),
    "GRU": (GREEN, "-."),
    "LSTM": (PURPLE, _LONG_DASHES),
}
_CYCLE = (
    (BLUE, "-"),
    (VERMILLION, _DASHES),
    (GREEN, "-."),
    (BLACK, _DASH_DOT_DOT),
    (PURPLE, _LONG_DASHES),
)
_MARKERS = "osD^v"
_HATCHES = ("", "///", "...", "xxx", "\\\\\\")

_WIDTH = 9.0  # inches: 900 pixels at 100 dpi
_LOSS = "Loss (nats per character)"
_FIGURE_MIME = "application/vnd.charrnn.figure+json"

# Artists that carry no data of their own.
_DECORATION = "decoration"
# Texts that print a number which lines, bars or images already hold: what follows the
# colon is the part of the text that is not a number.
_MEASURED = "measured:"


def style() -> None:
    """Set Matplotlib's defaults to the look of the series.

    ``charrnn_helpers.environment.setup_notebook`` calls it. Calling it twice changes
    nothing more.
    """
    mpl.rcParams.update(
        {
            "figure.dpi": 100,
            "savefig.dpi": 100,
            "figure.figsize": (_WIDTH, 3.6),
            "figure.constrained_layout.use": True,
            "font.family": ["DejaVu Sans"],
            "font.size": 11,
            "axes.titlesize": 12,
            "axes.titlelocation": "left",
            "axes.titlepad": 9,
            "axes.labelsize": 11,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.linewidth": 0.8,
            "axes.prop_cycle": mpl.cycler(
                color=[color for color, _ in _CYCLE],
                linestyle=[line_style for _, line_style in _CYCLE],
            ),
            "lines.linewidth": 1.8,
            "lines.markersize": 5,
            "xtick.labelsize": 10,
            "ytick.labelsize": 10,
            "legend.fontsize": 10,
            "legend.frameon": False,
            "legend.handlelength": 2.8,
            "hatch.linewidth": 0.7,
            "image.cmap": "cividis",
        }
    )


# --------------------------------------------------------------------------------------
# Showing a figure
# --------------------------------------------------------------------------------------


def show(fig: Figure, *, alt: str, digits: int = 2, volatile: bool = False) -> None:
    """Display a figure as one output: picture, alternative text and rounded data.

    The output holds ``image/png`` (with ``alt`` in its metadata), ``text/plain``
    (``[figure: alt]``) and ``application/vnd.charrnn.figure+json``, the result of
    ``figure_data``. The figure is closed.

    Args:
        fig: the figure.
        alt: one or two sentences that say what a reader sees and should take away.
        digits: how finely the data is rounded: to about 10**-digits of an axis's span.
        volatile: True for a figure of times or rates, which no second run repeats: the
            data then holds no measured number.

    Raises:
        TypeError: if ``fig`` is not a Matplotlib figure.
        ValueError: if ``alt`` is empty.
    """
    from IPython.display import display

    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(
            "show() needs an alternative text: pass alt='…', one sentence that says "
            f"what the figure shows. It got {alt!r}."
        )
    alt = " ".join(alt.split())
    data = figure_data(fig, digits=digits, volatile=volatile)
    picture = base64.b64encode(png_bytes(fig)).decode("ascii")
    display(
        {
            "image/png": picture,
            "text/plain": f"[figure: {alt}]",
            _FIGURE_MIME: data,
        },
        raw=True,
        metadata={"image/png": {"alt": alt}},
    )


def png_bytes(fig: Figure, *, dpi: float = 100) -> bytes:
    """Return a figure as a PNG file, the same bytes each time, and close the figure.

    Args:
        fig: the figure.
        dpi: pixels per inch; a figure of 9 inches is 900 pixels wide at 100.

    Returns:
        The file's content, without a date or the name of the software.

    Raises:
        TypeError: if ``fig`` is not a Matplotlib figure.
    """
    _check_figure(fig)
    _settle(fig)
    box = fig.get_tightbbox().padded(0.08)
    drawn, small = io.BytesIO(), io.BytesIO()
    fig.savefig(
        drawn,
        format="png",
        dpi=dpi,
        bbox_inches=box,
        facecolor="white",
        pil_kwargs={"compress_level": 1},
    )
    with Image.open(drawn) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    _with_palette(pixels).save(small, format="png", compress_level=9)
    if fig.canvas.manager is not None:  # made by pyplot, which keeps it until told
        from matplotlib import pyplot

        pyplot.close(fig)
    return small.getvalue()


def figure_data(fig: Figure, *, digits: int = 2, volatile: bool = False) -> dict:
    """Return what a figure shows as a small dictionary of rounded numbers and texts.

    Held are the points of lines and scatters (about twelve of each, and the first, the
    last, the smallest and the largest), the heights of bars, the values of images (of
    large ones: the shape, the extremes and about every n-th row and column), filled
    bands, segments, titles, labels, texts, and the ticks of axes that name categories.

    Numbers are rounded to about 10**-digits of the span of their axis or colour scale,
    on a logarithmic axis in log10. So the last digits, which another processor computes
    differently, practically never matter, and a change of one per cent does.

    Args:
        fig: the figure.
        digits: how finely to round, at least 1.
        volatile: leave out all numbers, and the texts that contain a digit.

    Returns:
        A dictionary that ``json`` can write.

    Raises:
        TypeError: if ``fig`` is not a Matplotlib figure.
        ValueError: if ``digits`` is less than 1.
    """
    _check_figure(fig)
    if digits < 1:
        raise ValueError(f"digits must be at least 1, not {digits}.")
    _settle(fig)
    panels = [
        _axes_data(ax, digits, volatile)
        for ax in fig.axes
        if ax.get_label() != "<colorbar>"
    ]
    data = {"axes": panels}
    heading = fig.get_suptitle()
    if heading and _keep(heading, volatile):
        data["title"] = _plain(heading)
    return data


def _with_palette(pixels: np.ndarray) -> Image.Image:
    """Return a picture of at most 256 colours: a third of the size, and no metadata.

    The commonest colours stay exact; the rare ones, on the edges of letters, become
    the nearest of those.
    """
    packed = pixels.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.int32)
    colors, index, counts = np.unique(
        packed.ravel(), return_inverse=True, return_counts=True
    )
    kept = colors[np.argsort(-counts, kind="stable")[:256]]
    channels = np.array([16, 8, 0])
    kept_rgb = ((kept[:, None] >> channels) & 255).astype(np.float32)
    all_rgb = ((colors[:, None] >> channels) & 255).astype(np.float32)
    # The square of the distance, less the part that is the same for all candidates.
    distance = (kept_rgb**2).sum(axis=1) - 2 * all_rgb @ kept_rgb.T
    nearest = distance.argmin(axis=1).astype(np.uint8)
    picture = Image.fromarray(nearest[index].reshape(packed.shape), mode="P")
    picture.putpalette(kept_rgb.astype(np.uint8).tobytes())
    return picture


def _settle(fig: Figure) -> None:
    """Lay a figure out once and keep the result: every further drawing is faster.

    ``set_layout_engine("none")`` would leave a placeholder, and ``savefig`` would draw
    the whole figure once more for it. None leaves nothing, where no setting asks for
    an engine.
    """
    engine = fig.get_layout_engine()
    if engine is not None:
        engine.execute(fig)
        asks = {"figure.autolayout": False, "figure.constrained_layout.use": False}
        with mpl.rc_context(asks):
            fig.set_layout_engine(None)


def _check_figure(fig) -> None:
    if not isinstance(fig, Figure):
        raise TypeError(
            f"A Matplotlib figure is needed here, not {type(fig).__name__}: pass what "
            "a draw_… function returned, or the figure of plt.subplots()."
        )


def _axes_data(ax: Axes, digits: int, volatile: bool) -> dict:
    """Return the data of one panel; empty entries are left out."""
    x = _Rounding.of_axis(ax.get_xlim(), ax.get_xscale(), digits)
    y = _Rounding.of_axis(ax.get_ylim(), ax.get_yscale(), digits)
    data = {
        "title": next(
            (
                _plain(ax.get_title(loc=where))
                for where in ("left", "center", "right")
                if ax.get_title(loc=where) and _keep(ax.get_title(loc=where), volatile)
            ),
            "",
        )
        if ax.get_gid() != _MEASURED
        else "",
        "xlabel": _plain(ax.get_xlabel()) if _keep(ax.get_xlabel(), volatile) else "",
        "ylabel": _plain(ax.get_ylabel()) if _keep(ax.get_ylabel(), volatile) else "",
        "xticks": _categories(ax.xaxis, volatile),
        "yticks": _categories(ax.yaxis, volatile),
        "legend": _legend_texts(ax, volatile),
        "texts": _texts(ax, volatile),
    }
    if not volatile:
        data |= {
            "lines": _line_data(ax, x, y),
            "bars": _bar_data(ax, x, y),
            "images": _image_data(ax, digits),
            "scatter": _scatter_data(ax, x, y),
            "bands": _band_data(ax, x, y),
            "segments": _segment_data(ax, x, y),
        }
    return {name: value for name, value in data.items() if value}


class _Rounding:
    """Rounds to a grid that is as fine as the span of an axis asks for."""

    def __init__(self, low: float, high: float, log: bool, digits: int):
        self.log = log
        if log:
            low, high = math.log10(low), math.log10(high)
        span = abs(high - low)
        target = 10.0**-digits * (span if span > 0 and math.isfinite(span) else 1.0)
        if log:
            # One per cent is 0.0043 in log10, however many decades the axis spans.
            target = min(target, 10.0**-digits)
        # The factor is crooked on purpose: spans are often round, and a round span must
        # not sit on the edge between two grids.
        target *= 0.9371
        exponent = math.floor(math.log10(target))
        lead = target / 10.0**exponent
        self.mantissa = 5 if lead >= 5 else 2 if lead >= 2 else 1
        self.exponent = exponent

    @classmethod
    def of_axis(cls, limits, scale: str, digits: int) -> "_Rounding":
        return cls(*limits, scale == "log", digits)

    def __call__(self, values) -> list:
        values = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
        return [self._one(float(value)) for value in values.ravel()]

    def _one(self, value: float):
        if self.log:
            value = math.log10(value) if value > 0 else math.nan
        if not math.isfinite(value):
            return str(value)
        step = self.mantissa * 10.0**self.exponent
        # Again crooked: halves and quarters must not sit on the edge of rounding.
        count = math.floor(value / step + 0.5731)
        if self.exponent >= 0:
            return count * self.mantissa * 10**self.exponent
        rounded = round(count * step, -self.exponent)
        return int(rounded) if rounded == int(rounded) else rounded


def _plain(text: str) -> str:
    return text.replace("\\$", "$")


def _keep(text: str, volatile: bool) -> bool:
    return not volatile or not any(character.isdigit() for character in text)


def _categories(axis, volatile: bool) -> list[str]:
    """Return the labels of an axis whose ticks are named one by one."""
    formatter = type(axis.get_major_formatter()).__name__
    if formatter not in ("FixedFormatter", "StrCategoryFormatter") and not (
        formatter == "FuncFormatter"
        and isinstance(axis.get_major_locator(), FixedLocator)
    ):
        return []
    labels = [label.get_text() for label in axis.get_majorticklabels()]
    return [_plain(label) for label in labels if label and _keep(label, volatile)]


def _legend_texts(ax: Axes, volatile: bool) -> list[str]:
    legend = ax.get_legend()
    texts = [text.get_text() for text in legend.get_texts()] if legend else []
    return [_plain(text) for text in texts if _keep(text, volatile)]


def _texts(ax: Axes, volatile: bool) -> list[str]:
    kept = []
    for artist in ax.texts:
        gid, text = artist.get_gid() or "", artist.get_text()
        if gid == _DECORATION:
            continue
        if gid.startswith(_MEASURED):
            text = gid.removeprefix(_MEASURED)
        if text.strip() and _keep(text, volatile):
            kept.append(_plain(text))
    return kept


def _label(artist) -> dict:
    label = str(artist.get_label() or "")
    return {"label": _plain(label)} if label and not label.startswith("_") else {}


def _some(count: int, wanted: int = 12) -> np.ndarray:
    """Return indices below ``count``, about ``wanted``, evenly spread, both ends."""
    if count <= wanted + 4:
        return np.arange(count)
    return np.linspace(0, count - 1, wanted).round().astype(int)


def _points(x_values, y_values, x: _Rounding, y: _Rounding) -> dict:
    x_values = np.ma.filled(np.ma.asarray(x_values, dtype=float), np.nan).ravel()
    y_values = np.ma.filled(np.ma.asarray(y_values, dtype=float), np.nan).ravel()
    chosen = _some(len(y_values))
    data = {"n": len(y_values), "x": x(x_values[chosen]), "y": y(y_values[chosen])}
    finite = y_values[np.isfinite(y_values)]
    if len(chosen) < len(y_values) and finite.size:
        data["y_extremes"] = y([finite.min(), finite.max()])
    return data


def _line_data(ax: Axes, x: _Rounding, y: _Rounding) -> list[dict]:
    return [
        {**_label(line), **_points(*_numeric_xy(line), x, y)}
        for line in ax.get_lines()
        if line.get_gid() != _DECORATION
    ]


def _numeric_xy(line):
    return line.get_xdata(orig=False), line.get_ydata(orig=False)


def _bar_data(ax: Axes, x: _Rounding, y: _Rounding) -> list[dict]:
    bars = []
    for container in ax.containers:
        if isinstance(container, BarContainer):
            rounding = x if container.orientation == "horizontal" else y
            values = np.asarray(container.datavalues, dtype=float)
            chosen = _some(len(values), 60)
            bars.append(
                {**_label(container), "n": len(values), "v": rounding(values[chosen])}
            )
    return bars


def _image_data(ax: Axes, digits: int) -> list[dict]:
    images = []
    for image in [*ax.get_images(), *_collections(ax, QuadMesh)]:
        array = np.ma.filled(np.ma.asarray(image.get_array(), dtype=float), np.nan)
        scaled = array.ndim == 2
        low, high = image.get_clim() if scaled else (0, max(1, np.nanmax(array)))
        rounding = _Rounding(low, high, False, digits)
        data = {**_label(image), "shape": list(array.shape)}
        rows, columns = _some(array.shape[0], 16), _some(array.shape[1], 16)
        if array.size > 400:
            rows, columns = _some(array.shape[0], 8), _some(array.shape[1], 8)
            finite = array[np.isfinite(array)]
            data["extremes"] = rounding([finite.min(), finite.max()])
        part = array[np.ix_(rows, columns)]
        data["values"] = [rounding(row) for row in part]
        images.append(data)
    return images


def _collections(ax: Axes, kind: type) -> list:
    """Return the collections of a kind that carry data."""
    return [
        collection
        for collection in ax.collections
        if isinstance(collection, kind) and collection.get_gid() != _DECORATION
    ]


def _scatter_data(ax: Axes, x: _Rounding, y: _Rounding) -> list[dict]:
    scatters = []
    for collection in _collections(ax, PathCollection):
        offsets = np.ma.asarray(collection.get_offsets(), dtype=float)
        points = _points(offsets[:, 0], offsets[:, 1], x, y)
        scatters.append({**_label(collection), **points})
    return scatters


def _band_data(ax: Axes, x: _Rounding, y: _Rounding) -> list[dict]:
    bands = []
    for collection in _collections(ax, PolyCollection):
        for path in collection.get_paths():
            points = _points(path.vertices[:, 0], path.vertices[:, 1], x, y)
            bands.append({**_label(collection), **points})
    return bands


def _segment_data(ax: Axes, x: _Rounding, y: _Rounding) -> list[dict]:
    groups = []
    for collection in _collections(ax, LineCollection):
        if collection.get_segments():
            ends = np.concatenate(collection.get_segments())
            points = _points(ends[:, 0], ends[:, 1], x, y)
            groups.append({**_label(collection), **points})
    return groups


# --------------------------------------------------------------------------------------
# Small tools
# --------------------------------------------------------------------------------------


def _array(values, name: str, ndim: int) -> np.ndarray:
    """Return numbers as a float64 array of ``ndim`` dimensions."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers only: {error}") from None
    if array.ndim != ndim:
        raise ValueError(
            f"{name} must have {ndim} dimension{'s' if ndim > 1 else ''}, "
            f"but its shape is {array.shape}."
        )
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape is {array.shape}.")
    return array


def _new_figure(width: float, height: float) -> Figure:
    fig = Figure(figsize=(width, height), dpi=100, layout="constrained")
    FigureCanvasAgg(fig)
    return fig


def _canvas(
    ax: Axes | None, height: float, width: float = _WIDTH
) -> tuple[Figure, Axes]:
    """Return the figure and the axes to draw on."""
    if ax is None:
        fig = _new_figure(width, height)
        return fig, fig.add_subplot()
    return ax.get_figure(root=True), ax


def _title(ax: Axes, title: str | None, default: str = "") -> None:
    """Set a title that is wrapped to the width of its panel."""
    title = default if title is None else title
    if not title:
        return
    columns = ax.get_subplotspec().get_gridspec().ncols if ax.get_subplotspec() else 1
    inches = ax.get_figure(root=True).get_figwidth() / columns
    size = mpl.rcParams["axes.titlesize"]
    points = font_manager.FontProperties(size=size).get_size_in_points()
    wide = max(12, int(inches * 72 / (0.55 * points)))
    ax.set_title(textwrap.fill(title, wide), loc="left")


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    path = font_manager.findfont(font_manager.FontProperties(family="DejaVu Sans"))
    return font_manager.get_font(path).get_char_index(ord(character)) != 0


_VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥", "\r": "␍", "": "∅", "$": "\\$"}


def _symbol(character: str) -> str:
    """Return a character as it can be seen in a figure: a space as ``␣``."""
    character = str(character)
    if character in _VISIBLE:
        return _VISIBLE[character]
    if len(character) == 1:
        if unicodedata.combining(character) and _has_glyph(character):
            return "◌" + character
        if not character.isprintable() or not _has_glyph(character):
            return f"{ord(character):X}"
        return character
    return "".join(
        part if part.isprintable() and _has_glyph(part) else f"{ord(part):X}"
        for part in character
    ).replace("$", "\\$")


def _symbols(characters) -> list[str]:
    """Return the labels of a text, of a list of symbols, or of a vocabulary."""
    characters = getattr(characters, "itos", characters)
    return [_symbol(character) for character in characters]


def _spelled(text: str) -> str:
    """Return a text for use in a title: visible, and never read as mathematics."""
    return "".join(_symbol(c) if c != " " else c for c in text)


def _number(value: float, decimals: int = 2) -> str:
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "−")


def _short(value: float) -> str:
    """Return a loss with as many digits as it takes to tell small ones apart."""
    return _number(
        value, 2 if abs(value) >= 0.995 else 3 if abs(value) >= 0.0995 else 4
    )


def _contrast(color, other) -> float:
    """Return the contrast of two colours by the formula of WCAG 2, from 1 to 21."""

    def luminance(any_color):
        rgb = np.array(to_rgb(any_color))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    light, dark = sorted((luminance(color), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _ink(background) -> str:
    """Return black or white, whichever is easier to read on the background."""
    return max(("black", "white"), key=lambda ink: _contrast(ink, background))


def _spread(wanted: Sequence[float], gap: float, low: float, high: float) -> np.ndarray:
    """Move ascending positions as little as possible to keep them ``gap`` apart."""
    count = len(wanted)
    gap = min(gap, (high - low) / max(count - 1, 1))
    free = np.asarray(wanted, dtype=float) - gap * np.arange(count)
    blocks: list[list[float]] = []
    for value in free:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, m), (b, n) = blocks[-2], blocks[-1]
            blocks[-2:] = [[(a * m + b * n) / (m + n), m + n]]
    even = np.concatenate([np.full(int(n), value) for value, n in blocks])
    return np.clip(even, low, high - gap * (count - 1)) + gap * np.arange(count)


def _losses_of(values):
    return getattr(values, "losses", values)


def _named(series, name: str, ndim: int) -> dict[str, np.ndarray]:
    """Return one series or a mapping of them as ``{label: array}``."""
    if isinstance(series, Mapping):
        if not series:
            raise ValueError(f"{name} is empty: there is nothing to draw.")
        return {
            str(label): _array(_losses_of(values), f"{name}[{label!r}]", ndim)
            for label, values in series.items()
        }
    return {"": _array(_losses_of(series), name, ndim)}


def _looks(labels: Sequence[str]) -> list[tuple]:
    """Return a colour, a line style and a marker for each label, none of them twice."""
    taken = {_LOOKS[label] for label in labels if label in _LOOKS}
    free = [look for look in _CYCLE if look not in taken]
    looks, turn = [], 0
    for number, label in enumerate(labels):
        if label in _LOOKS:
            color, line_style = _LOOKS[label]
        else:
            color, line_style = free[turn % len(free)]
            if turn >= len(free):  # a second round: the same colours, other styles
                shift = turn // len(free)
                line_style = _CYCLE[(turn + shift) % len(_CYCLE)][1]
            turn += 1
        looks.append((color, line_style, _MARKERS[number % len(_MARKERS)]))
    return looks


# --------------------------------------------------------------------------------------
# Curves and the ladder of losses
# --------------------------------------------------------------------------------------


def draw_ladder(
    rungs: Mapping[str, float],
    *,
    highlight: str | Sequence[str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw the ladder of losses: one row and one dot for each rung, the highest on top.

    Args:
        rungs: the loss of each rung by its name, in nats/char, each finite and >= 0.
        highlight: the name or names of rungs to draw in blue with a filled square.
        title: the takeaway.
        ax: where to draw; a new figure if None.

    Returns:
        The figure.

    Raises:
        ValueError: if there is no rung, if a loss is negative or not finite, or if
            ``highlight`` names no rung.
    """
    losses = _array(list(rungs.values()), "rungs", 1)
    if not np.all(np.isfinite(losses)) or losses.min() < 0:
        raise ValueError(f"Each rung must be a finite loss of at least 0, not {rungs}.")
    names = [str(name) for name in rungs]
    chosen = [highlight] if isinstance(highlight, str) else list(highlight or ())
    for name in chosen:
        if name not in names:
            raise ValueError(f"highlight names {name!r}, but the rungs are {names}.")
    order = np.argsort(-losses, kind="stable")
    fig, ax = _canvas(ax, 1.15 + 0.36 * len(names))
    for row, index in enumerate(order):
        name, loss = names[index], losses[index]
        marked = name in chosen
        color = BLUE if marked else GREY
        ax.plot(
            [0, loss],
            [row, row],
            color=color,
            linewidth=3 if marked else 1.6,
            linestyle="-" if marked else ":",
            marker="s" if marked else "o",
            markevery=[1],
            markersize=8,
            label=f"_{name}",
        )
        ax.annotate(
            _short(loss),
            (loss, row),
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            fontweight="bold" if marked else "normal",
            gid=_MEASURED,
        )
    ax.set_yticks(range(len(names)), [_spelled(names[index]) for index in order])
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlim(0, max(float(losses.max()), 1e-6) * 1.12)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_color(GREY)
    ax.set_xlabel(_LOSS)
    _title(ax, title)
    return fig


def draw_loss(
    losses,
    *,
    rungs: Mapping[str, float] | None = None,
    log: bool = False,
    title: str | None = None,
    xlabel: str = "Epoch",
    ylabel: str = _LOSS,
    start: float = 1,
    every: float = 1,
    ylim: tuple[float | None, float | None] | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw loss curves, with the rungs of the ladder as dotted lines.

    Args:
        losses: one sequence of losses (N,) in nats/char, or a ``History``, or a mapping
            from labels to either. ``training``, ``validation``, ``RNN``, ``GRU`` and
            ``LSTM`` have fixed looks; others differ in colour and in line style.
        rungs: losses to compare with, by name; each is labelled at the right edge.
        log: True for a logarithmic loss axis.
        title: the takeaway.
        xlabel: what is counted along the curve.
        ylabel: the quantity and its unit.
        start: the count at the first loss.
        every: the counts from one loss to the next.
        ylim: the ends of the loss axis, each a number or None.
        ax: where to draw; a new figure if None.

    Returns:
        The figure.

    Raises:
        ValueError: if there is nothing to draw, or a sequence is not one-dimensional.
    """
    series = _named(losses, "losses", 1)
    fig, ax = _canvas(ax, 3.6)
    for (label, values), look in zip(series.items(), _looks(list(series)), strict=True):
        x = start + every * np.arange(len(values))
        _draw_line(ax, x, values, label, look, marked=len(values) == 1)
    _finish_curves(ax, series, rungs, None, log, xlabel, ylabel, title, ylim)
    return fig


def draw_lines(
    x,
    series,
    *,
    xlabel: str,
    ylabel: str,
    rungs: Mapping[str, float] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    markers: bool = False,
    title: str | None = None,
    ylim: tuple[float | None, float | None] | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw one or several quantities against another one.

    Args:
        x: shape (N,).
        series: shape (N,), or a mapping from labels to such sequences.
        xlabel: the quantity along x and its unit.
        ylabel: the quantity along y and its unit.
        rungs: values along y to compare with, by name; labelled at the right edge.
        log_x: True for a logarithmic x axis.
        log_y: True for a logarithmic y axis.
        markers: True to mark each point.
        title: the takeaway.
        ylim: the ends of the y axis, each a number or None.
        ax: where to draw; a new figure if None.

    Returns:
        The figure.

    Raises:
        ValueError: if a series is empty or is not as long as ``x``.
    """
    x = _array(x, "x", 1)
    named = _named(series, "series", 1)
    fig, ax = _canvas(ax, 3.6)
    for (label, values), look in zip(named.items(), _looks(list(named)), strict=True):
        _check_length(values, x, label)
        _draw_line(ax, x, values, label, look, marked=markers)
    marks = x if log_x else None
    _finish_curves(ax, named, rungs, marks, log_y, xlabel, ylabel, title, ylim)
    return fig


def draw_band(
    x,
    runs,
    *,
    xlabel: str,
    ylabel: str = _LOSS,
    rungs: Mapping[str, float] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    title: str | None = None,
    ylim: tuple[float | None, float | None] | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw the mean over several runs as a line and their range as a band.

    Args:
        x: shape (N,): the values that were swept.
        runs: shape (n_runs, N): one row for each seed; or a mapping from labels to
            such arrays.
        xlabel: the swept quantity and its unit.
        ylabel: the measured quantity and its unit.
        rungs: values along y to compare with, by name; labelled at the right edge.
        log_x: True for a logarithmic x axis.
        log_y: True for a logarithmic y axis.
        title: the takeaway.
        ylim: the ends of the y axis, each a number or None.
        ax: where to draw; a new figure if None.

    Returns:
        The figure.

    Raises:
        ValueError: if ``runs`` is not two-dimensional or its rows are not as long
            as ``x``.
    """
    x = _array(x, "x", 1)
    named = _named(runs, "runs", 2)
    fig, ax = _canvas(ax, 3.6)
    for number, ((label, values), look) in enumerate(
        zip(named.items(), _looks(list(named)), strict=True)
    ):
        _check_length(values[0], x, label)
        _draw_line(ax, x, values.mean(axis=0), label, look, marked=True)
        ax.fill_between(
            x,
            values.min(axis=0),
            values.max(axis=0),
            facecolor=(*to_rgb(look[0]), 0.18),
            edgecolor=(*to_rgb(look[0]), 0.55),
            linewidth=0.6,
            hatch=_HATCHES[number % len(_HATCHES)] or None,
        )
    if len(named) == 1:
        count = len(next(iter(named.values())))
        label = f"mean and range of {count} runs" if count > 1 else ""
        ax.get_lines()[-1].set_label(label or "_run")
        named = {label: None} if label else named
    marks = x if log_x else None
    _finish_curves(ax, named, rungs, marks, log_y, xlabel, ylabel, title, ylim)
    return fig


def draw_bars(
    labels,
    values,
    *,
    xlabel: str = "",
    ylabel: str = "Probability",
    rungs: Mapping[str, float] | None = None,
    title: str | None = None,
    ylim: tuple[float | None, float | None] | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw bars over characters or words, side by side where there are several series.

    Args:
        labels: N characters or names, or a vocabulary.
        values: shape (N,), or a mapping from labels to such sequences.
        xlabel: what the bars stand over.
        ylabel: the quantity and its unit.
        rungs: values along y to compare with, by name; labelled at the right edge.
        title: the takeaway.
        ylim: the ends of the y axis, each a number or None.
        ax: where to draw; a new figure if None.

    Returns:
        The figure.

    Raises:
        ValueError: if a series is not as long as ``labels``.
    """
    names = _symbols(labels)
    named = _named(values, "values", 1)
    fig, ax = _canvas(ax, 3.2)
    width = 0.8 / len(named)
    x = np.arange(len(names))
    for number, (label, heights) in enumerate(named.items()):
        _check_length(heights, x, label)
        color = _CYCLE[number % len(_CYCLE)][0]
        hatch = _HATCHES[number % len(_HATCHES)]
        ax.bar(
            x + (number - (len(named) - 1) / 2) * width,
            heights,
            width * 0.92,
            facecolor="white" if hatch else color,
            edgecolor=color,
            linewidth=1.2,
            hatch=hatch or None,
            label=_spelled(label) or None,
        )
    long_names = sum(map(len, names)) > 75
    ax.set_xticks(x, names, rotation=35 if long_names else 0)
    if long_names:
        for tick in ax.get_xticklabels():
            tick.set(ha="right", rotation_mode="anchor")
    ax.tick_params(axis="x", length=0)
    if min(float(heights.min()) for heights in named.values()) < 0:
        ax.axhline(0, color=BLACK, linewidth=0.8, gid=_DECORATION)
    _finish_curves(ax, named, rungs, None, False, xlabel, ylabel, title, ylim)
    return fig


def _check_length(values, x, label: str) -> None:
    if len(values) != len(x):
        which = f"The series {label!r}" if label else "The series"
        raise ValueError(f"{which} has {len(values)} values for {len(x)} positions.")


def _draw_line(ax: Axes, x, y, label: str, look: tuple, *, marked: bool) -> None:
    color, line_style, marker = look
    ax.plot(
        x,
        y,
        color=color,
        linestyle=line_style,
        marker=marker if marked else "",
        label=_spelled(label) if label else "_run",
    )


def _finish_curves(ax, named, rungs, log_x, log_y, xlabel, ylabel, title, ylim) -> None:
    """Scales, labels, grid, legend and rungs: what all the curves have in common.

    ``log_x`` holds the positions to mark on a logarithmic x axis, or None.
    """
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if log_x is not None:
        ax.set_xscale("log")
        _tick_values(ax, log_x)
    if log_y:
        ax.set_yscale("log")
    levels = _check_rungs(rungs, log_y)
    for level in levels.values():
        ax.axhline(level, color=GREY, linestyle=":", linewidth=1.3, zorder=1.5)
    if not log_y:
        lowest = min([ax.dataLim.y0, *levels.values()])
        if lowest >= 0:
            ax.set_ylim(bottom=0)
    if ylim is not None:
        ax.set_ylim(*ylim)
    ax.grid(axis="y", color=_FAINT, linewidth=0.6)
    ax.set_axisbelow(True)
    if any(named):
        ax.legend(loc="best")
    _title(ax, title)
    _label_rungs(ax, levels)


def _tick_values(ax, x: np.ndarray) -> None:
    """Mark a logarithmic x axis at the values of x themselves, where they have room."""
    places = np.log(np.unique(x[x > 0]))
    if 2 <= len(places) <= 8 and np.diff(places).min() >= np.ptp(places) / 12:
        values = np.exp(places)
        ax.xaxis.set_major_locator(FixedLocator(values))
        ax.xaxis.set_major_formatter(FixedFormatter([f"{v:.4g}" for v in values]))
        ax.xaxis.set_minor_locator(NullLocator())


def _check_rungs(rungs, log: bool) -> dict[str, float]:
    levels = {str(name): float(value) for name, value in (rungs or {}).items()}
    for name, level in levels.items():
        if not math.isfinite(level) or (log and level <= 0):
            kind = "a finite number above 0" if log else "a finite number"
            raise ValueError(f"The rung {name!r} must be {kind}, not {level}.")
    return levels


def _label_rungs(ax: Axes, levels: Mapping[str, float]) -> None:
    """Name each rung to the right of the axes, moved apart where rungs are close."""
    if not levels:
        return
    size = 9.5
    fig = ax.get_figure(root=True)
    height = 0.95 * ax.get_window_extent().height  # the layout may still take a little
    edge = ax.get_xlim()[1]
    to_axes = ax.transData - ax.transAxes
    shown = []
    for name in sorted(levels, key=levels.get):
        at = to_axes.transform((edge, levels[name]))[1]
        if -0.01 <= at <= 1.01:
            shown.append((name, at))
    if not shown:
        return
    gap = size * 1.3 / 72 * fig.dpi / height
    places = _spread([h for _, h in shown], gap, 0.0, 1.0)
    for (name, at), place in zip(shown, places, strict=True):
        ax.plot(
            [1.0, 1.02, 1.03],
            [at, place, place],
            transform=ax.transAxes,
            clip_on=False,
            color=GREY,
            linestyle="-",
            linewidth=0.8,
            gid=_DECORATION,
            scalex=False,
            scaley=False,
        )
        ax.text(
            1.037,
            place,
            f"{_spelled(name)}  {_short(levels[name])}",
            transform=ax.transAxes,
            va="center",
            fontsize=size,
            color="#555555",
            gid=_MEASURED + name,
        )


# --------------------------------------------------------------------------------------
# Texts as rows of cells
# --------------------------------------------------------------------------------------


def _cell_canvas(
    ax: Axes | None, rows: float, columns: float, *, largest=0.42, side=0.9, highest=9.0
) -> tuple[Figure, Axes, float]:
    """Return figure, axes and font size for a grid of square cells."""
    if ax is None:
        cell = min(largest, (_WIDTH - side) / columns, highest / rows)
        width = max(6.0, columns * cell + side)
        fig, ax = _canvas(None, rows * cell + 0.75, width)
    else:
        fig = ax.get_figure(root=True)
        box = ax.get_window_extent()
        cell = min(box.width / columns, box.height / rows) / fig.dpi
    ax.set_aspect("equal")
    ax.set_xlim(-0.5, columns - 0.5)
    ax.set_ylim(rows - 0.5, -0.5)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0)
    return fig, ax, float(np.clip(cell * 72 * 0.52, 5.0, 14.0))


def _cells(
    ax: Axes, places, symbols, size: float, *, face, edge, ink="black", hatch=None
) -> None:
    """Draw square cells at (column, row) places with a symbol in each."""
    if not places:
        return
    square = 0.46 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    corners = np.array(places, dtype=float)[:, None, :] + square
    ax.add_collection(
        PolyCollection(
            corners,
            facecolor=face,
            edgecolor=edge,
            linewidth=0.9,
            hatch=hatch,
            gid=_DECORATION,
        ),
        autolim=False,
    )
    for (x, y), symbol in zip(places, symbols, strict=True):
        longest = max(2, len(symbol.replace("\\", "")))
        ax.text(
            x,
            y,
            symbol,
            ha="center",
            va="center_baseline",
            color=ink,
            fontsize=size * min(1.0, 2.6 / longest),
            family=["DejaVu Sans"],
            bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none"}
            if hatch
            else None,
        )


def draw_padding(
    texts: Sequence,
    lengths: Sequence[int],
    *,
    side: str = "right",
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw padded texts as a grid of cells; padded cells are hatched and grey.

    Args:
        texts: B texts, or lists of symbols, of equal length T, padding included.
        lengths: (B,): how many cells of each text are not padding.
        side: on which side the padding stands, ``"right"`` or ``"left"``.
        title: the takeaway; by default the share of padded cells.
        ax: where to draw; a new figure if None.

    Returns:
        The figure.

    Raises:
        ValueError: if the texts are not equally long, or a length does not fit.
    """
    rows = [_symbols(text) for text in texts]
    lengths = [int(length) for length in lengths]
    if not rows or not rows[0]:
        raise ValueError("texts is empty: there is nothing to draw.")
    columns = len(rows[0])
    if any(len(row) != columns for row in rows):
        raise ValueError(
            "The texts must be padded to one length; theirs are "
            f"{[len(row) for row in rows]}."
        )
    if len(lengths) != len(rows) or not all(0 <= n <= columns for n in lengths):
        raise ValueError(
            f"lengths must hold one number from 0 to {columns} for each of the "
            f"{len(rows)} texts, not {lengths}."
        )
    if side not in ("right", "left"):
        raise ValueError(f"side must be 'right' or 'left', not {side!r}.")
    fig, ax, size = _cell_canvas(ax, len(rows), columns)
    real, padded = [], []
    for y, length in enumerate(lengths):
        for x in range(columns):
            is_real = x < length if side == "right" else x >= columns - length
            (real if is_real else padded).append((x, y))
    _cells(ax, real, [rows[y][x] for x, y in real], size, face=_PALE_BLUE, edge=BLUE)
    _cells(
        ax,
        padded,
        [rows[y][x] for x, y in padded],
        size,
        face="white",
        edge="#9A9A9A",
        ink="#6B6B6B",
        hatch="////",
    )
    ax.set_yticks(range(len(rows)), [f"text {number}" for number in range(len(rows))])
    _number_ticks(ax, columns, "Position")
    cells = len(rows) * columns
    share = f"{len(padded)} of {cells} cells are padding ({len(padded) / cells:.0%})"
    _title(ax, title, f"{share}: the hatched ones" if padded else "No cell is padding")
    return fig


def _number_ticks(ax: Axes, columns: int, label: str) -> None:
    every = 1 if columns <= 24 else 5
    ax.set_xticks(range(0, columns, every), [str(n) for n in range(0, columns, every)])
    ax.tick_params(axis="x", labelsize=9)
    ax.set_xlabel(label)


def draw_shift(
    text: str,
    *,
    highlight: int | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw a text's inputs over its targets, with an arrow from each to its target.

    Args:
        text: T + 1 characters, at least 2; inputs are the first T, targets the last T.
        highlight: the step in [0, T) to stress with filled cells and a thick arrow.
        title: the takeaway.
        ax: where to draw; a new figure if None.

    Returns:
        The figure.

    Raises:
        ValueError: if the text has fewer than 2 characters or ``highlight`` is outside.
    """
    symbols = _symbols(text)
    steps = len(symbols) - 1
    _check_lesson(symbols)
    if highlight is not None and not 0 <= highlight < steps:
        raise ValueError(f"highlight must be in [0, {steps}), not {highlight}.")
    fig, ax, size = _cell_canvas(ax, 2.9, steps, side=1.1)
    for row, face, edge, dark, letters in (
        (0.0, _PALE_BLUE, BLUE, BLUE, symbols[:-1]),
        (1.9, _PALE_VERMILLION, VERMILLION, _DARK_VERMILLION, symbols[1:]),
    ):
        plain = [t for t in range(steps) if t != highlight]
        _cells(
            ax,
            [(t, row) for t in plain],
            [letters[t] for t in plain],
            size,
            face=face,
            edge=edge,
        )
        if highlight is not None:
            _cells(
                ax,
                [(highlight, row)],
                [letters[highlight]],
                size,
                face=dark,
                edge="black",
                ink="white",
            )
    for t in range(steps):
        ax.annotate(
            "",
            (t, 1.42),
            (t, 0.48),
            arrowprops={
                "arrowstyle": "-|>",
                "color": BLACK if t == highlight else GREY,
                "linewidth": 2.2 if t == highlight else 1.0,
                "mutation_scale": min(11, size),
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
    ax.set_yticks([0, 1.9], ["inputs", "targets"])
    _number_ticks(ax, steps, "Step t")
    _title(ax, title, "Each input is paired with the character that follows it")
    return fig


def _check_lesson(symbols: Sequence[str]) -> None:
    if len(symbols) < 2:
        raise ValueError(
            "A text needs at least 2 characters, one to read and one to predict; "
            f"this one has {len(symbols)}."
        )


def draw_prefixes(
    text: str,
    *,
    targets: str | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw every lesson of a text as a staircase: the prefix, and what comes next.

    Args:
        text: T + 1 characters, at least 2; with ``targets``, the T inputs.
        targets: the T targets, if they are not the text moved on by one.
        title: the takeaway; by default the number of lessons.
        ax: where to draw; a new figure if None.

    Returns:
        The figure.

    Raises:
        ValueError: if the text is too short, or ``targets`` is not as long as it.
    """
    symbols = _symbols(text)
    if targets is None:
        _check_lesson(symbols)
        symbols, answers = symbols[:-1], symbols[1:]
    else:
        answers = _symbols(targets)
        if not symbols or len(answers) != len(symbols):
            raise ValueError(
                f"text has {len(symbols)} characters and targets {len(answers)}; "
                "each input needs one target."
            )
    steps = len(symbols)
    fig, ax, size = _cell_canvas(ax, steps, steps + 1, largest=0.34)
    prefix = [(x, y) for y in range(steps) for x in range(y + 1)]
    _cells(
        ax, prefix, [symbols[x] for x, _ in prefix], size, face=_PALE_BLUE, edge=BLUE
    )
    # The answers stand apart from their prefixes by a thick frame as well.
    places = [(y + 1, y) for y in range(steps)]
    _cells(ax, places, answers, size, face=_PALE_VERMILLION, edge=VERMILLION)
    for x, y in places:
        ax.add_patch(
            Rectangle(
                (x - 0.46, y - 0.46), 0.92, 0.92, fill=False, ec=VERMILLION, lw=1.8
            )
        )
    every = 1 if steps <= 24 else 5
    ax.set_yticks(range(0, steps, every), [str(t) for t in range(0, steps, every)])
    ax.set_ylabel("Step t")
    ax.set_xticks([])
    lessons = "1 lesson" if steps == 1 else f"{steps} lessons"
    _title(
        ax,
        title,
        f"{steps + 1} characters hold {lessons}: a prefix, then the one that follows",
    )
    return fig


# --------------------------------------------------------------------------------------
# Matrices
# --------------------------------------------------------------------------------------


def draw_one_hot(
    matrix,
    row_labels,
    column_labels,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw a one-hot matrix: a filled cell with a 1, pale cells with a 0.

    Args:
        matrix: shape (T, V), holding 0 and 1 only.
        row_labels: the T characters of the text.
        column_labels: the V symbols of the vocabulary.
        title: the takeaway.
        ax: where to draw; a new figure if None.

    Returns:
        The figure.

    Raises:
        ValueError: if the labels do not fit, or a value is neither 0 nor 1.
    """
    matrix = _array(matrix, "matrix", 2)
    if not np.isin(matrix, (0, 1)).all():
        wrong = matrix[~np.isin(matrix, (0, 1))][0]
        raise ValueError(
            f"A one-hot matrix holds 0 and 1 only, not {wrong:g}. "
            "For other values, use draw_matrix."
        )
    rows, columns = _matrix_labels(matrix, row_labels, column_labels)
    height, width = matrix.shape
    fig, ax, size = _cell_canvas(ax, height, width, largest=0.34, side=1.2, highest=7.0)
    image = ax.imshow(matrix, cmap=ListedColormap(["white", BLUE]), vmin=0, vmax=1)
    image.set_zorder(0)
    _grid_lines(ax, height, width)
    # Digits as markers: hundreds of texts would take half a second.
    for digit, ink, scale in ((0, "#8A8A8A", 0.30), (1, "white", 0.34)):
        at_row, at_column = np.nonzero(matrix == digit)
        ax.scatter(
            at_column,
            at_row,
            s=(size * scale * 2) ** 2,
            marker=f"$\\mathrm{{{digit}}}$",
            color=ink,
            linewidth=0.4 if digit else 0,
            gid=_DECORATION,
        )
    _label_matrix(ax, rows, columns, size)
    ax.set_xlabel("Vocabulary")
    ax.set_ylabel("Text")
    _title(ax, title)
    return fig


def _grid_lines(ax: Axes, height: int, width: int) -> None:
    ax.hlines(
        np.arange(height + 1) - 0.5, -0.5, width - 0.5, _FAINT, lw=0.7, gid=_DECORATION
    )
    ax.vlines(
        np.arange(width + 1) - 0.5, -0.5, height - 0.5, _FAINT, lw=0.7, gid=_DECORATION
    )


def _matrix_labels(array, row_labels, column_labels):
    labels = []
    for given, count, kind in zip(
        (row_labels, column_labels), array.shape, ("row", "column"), strict=True
    ):
        names = None if given is None else _symbols(given)
        if names is not None and len(names) != count:
            raise ValueError(
                f"The array's shape is {array.shape}, but there are "
                f"{len(names)} {kind} labels for {count} {kind}s."
            )
        labels.append(names)
    return labels


def _label_matrix(ax: Axes, rows, columns, size: float, room: float = 1e9) -> None:
    """Name rows and columns; of rows closer than the letters are high, every n-th."""
    size = float(np.clip(size, 6, 10))
    every = max(1, math.ceil(size / room))
    for axis, names, step in ((ax.yaxis, rows, every), (ax.xaxis, columns, 1)):
        if names is not None:
            axis.set_ticks(range(0, len(names), step), names[::step], fontsize=size)
    if columns is not None and max(map(len, columns)) > 3:
        ax.tick_params(axis="x", rotation=90)
    ax.tick_params(length=0)


def draw_matrix(
    array,
    *,
    row_labels=None,
    column_labels=None,
    row_axis: str = "",
    column_axis: str = "",
    signed: bool | None = None,
    limits: tuple[float, float] | None = None,
    numbers: bool | str = "auto",
    decimals: int = 2,
    colorbar: bool = True,
    label: str = "",
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw a matrix as a heatmap, with its numbers in the cells where they fit.

    Args:
        array: shape (rows, columns), finite.
        row_labels: one character or name a row, or None for row numbers.
        column_labels: one character or name a column, or None for column numbers.
        row_axis: what the rows are.
        column_axis: what the columns are.
        signed: True for two colours around 0 with symmetric limits, False for one
            scale, None to look for a negative value.
        limits: the ends of the colour scale; by default those of the values (from 0 if
            none is negative).
        numbers: True, False, or ``"auto"``: where the cells are large enough.
        decimals: how many decimals the numbers have.
        colorbar: True for a colour scale beside the matrix.
        label: the quantity and its unit, written along the colour scale.
        title: the takeaway.
        ax: where to draw; a new figure if None.

    Returns:
        The figure.

    Raises:
        ValueError: if labels do not fit the shape or a value is not finite.
    """
    array = _array(array, "array", 2)
    if not np.isfinite(array).all():
        raise ValueError("array holds a value that is not finite (nan or inf).")
    rows, columns = _matrix_labels(array, row_labels, column_labels)
    height, width = array.shape
    inches = min(0.5, (_WIDTH - 2.0) / width)
    cell_height = float(min(4.6 / height, 0.42, max(inches, 0.28)))
    if ax is None:
        fig_width = float(np.clip(width * inches + 2.0, 5.0, _WIDTH))
        fig, ax = _canvas(None, height * cell_height + 1.1, fig_width)
    else:
        fig = ax.get_figure(root=True)
        box = ax.get_window_extent()
        inches = box.width / fig.dpi / width
        cell_height = box.height / fig.dpi / height
    signed = bool(array.min() < 0) if signed is None else signed
    low, high = _limits(array, signed, limits)
    image = ax.imshow(
        array,
        cmap="PuOr" if signed else "cividis",
        vmin=low,
        vmax=high,
        aspect="auto",
        interpolation="nearest",
    )
    longest = max(len(_number(value, decimals)) for value in array.ravel())
    size = min(72 * inches / (0.68 * longest), 72 * cell_height * 0.55, 10)
    if numbers is True or (numbers == "auto" and size >= 6 and array.size <= 400):
        _write_numbers(ax, image, array, decimals, max(size, 5))
    label_size = min(10, 72 * cell_height * 0.8)
    room = 72 * cell_height
    _label_matrix(ax, rows, columns, min(label_size, 72 * inches * 1.2), room)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set(xlabel=column_axis, ylabel=row_axis)
    if colorbar:
        bar = fig.colorbar(image, ax=ax, label=label, pad=0.02, aspect=14)
        bar.outline.set_visible(False)
        bar.ax.tick_params(labelsize=9)
    _title(ax, title)
    return fig


def _limits(array, signed: bool, limits) -> tuple[float, float]:
    if limits is not None:
        low, high = map(float, limits)
        if not low < high:
            raise ValueError(f"limits must be a smaller and a larger number: {limits}.")
        return low, high
    if signed:
        top = float(np.abs(array).max()) or 1.0
        return -top, top
    low, high = min(0.0, float(array.min())), float(array.max())
    return (low, high) if low < high else (low, low + 1.0)


def _write_numbers(ax: Axes, image, array, decimals: int, size: float) -> None:
    colors = image.cmap(image.norm(array))
    for row in range(array.shape[0]):
        for column in range(array.shape[1]):
            ax.text(
                column,
                row,
                _number(array[row, column], decimals),
                ha="center",
                va="center",
                fontsize=size,
                color=_ink(colors[row, column, :3]),
                gid=_MEASURED,
            )


def draw_hidden(
    states, characters, *, title: str | None = None, ax: Axes | None = None
) -> Figure:
    """Draw the hidden state over a text: a column a character, a row a unit.

    Args:
        states: shape (T, H): the state after each character.
        characters: the T characters that were read.
        title: the takeaway.
        ax: where to draw; a new figure if None.

    Returns:
        The figure.

    Raises:
        ValueError: if there is not one character for each state.
    """
    states = _array(states, "states", 2)
    top = max(1.0, float(np.abs(states).max()))
    return draw_matrix(
        states.T,
        row_labels=[str(unit) for unit in range(states.shape[1])],
        column_labels=characters,
        row_axis="Hidden unit",
        column_axis="Character read",
        signed=True,
        limits=(-top, top),
        numbers=False,
        label="Hidden state",
        title=title,
        ax=ax,
    )


def draw_distributions(
    probs,
    characters,
    vocabulary,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw the distribution at each step over the text that was generated from it.

    A column is a step, a row a symbol of the vocabulary. The character that was
    generated is framed, and its probability stands above the column.

    Args:
        probs: shape (T, V): the probabilities at each step.
        characters: the T characters that were generated.
        vocabulary: the V symbols, or a vocabulary.
        title: the takeaway.
        ax: where to draw; a new figure if None.

    Returns:
        The figure.

    Raises:
        ValueError: if the shapes do not fit or a character is not in the vocabulary.
    """
    probs = _array(probs, "probs", 2)
    known = [str(symbol) for symbol in getattr(vocabulary, "itos", vocabulary)]
    steps, size = probs.shape
    if len(characters) != steps or len(known) != size:
        raise ValueError(
            f"probs has shape {probs.shape}, so it needs {steps} characters and {size} "
            f"symbols; there are {len(characters)} and {len(known)}."
        )
    for character in characters:
        if character not in known:
            raise ValueError(f"{character!r} is not in the vocabulary {known}.")
    fig = draw_matrix(
        probs.T,
        row_labels=known,
        column_labels=characters,
        row_axis="Vocabulary",
        column_axis="Generated text",
        signed=False,
        limits=(0, 1),
        numbers=False,
        label="Probability",
        title=title,
        ax=ax,
    )
    ax = fig.axes[0] if ax is None else ax
    wide = ax.get_window_extent().width / fig.dpi * 72 / steps
    for step, character in enumerate(characters):
        row = known.index(character)
        ax.add_patch(
            Rectangle(
                (step - 0.5, row - 0.5),
                1,
                1,
                fill=False,
                edgecolor=VERMILLION,
                linewidth=2,
                clip_on=False,
            )
        )
        ax.text(
            step,
            -0.62,
            f"{probs[step, row]:.0%}",
            ha="center",
            va="bottom",
            rotation=0 if wide > 26 else 90,
            fontsize=float(np.clip(wide * 0.62, 6, 8.5)),
            gid=_MEASURED,
        )
    if ax.get_title(loc="left"):
        pad = 22 if wide > 26 else 30
        ax.set_title(ax.get_title(loc="left"), loc="left", pad=pad)
    return fig


# --------------------------------------------------------------------------------------
# Diagrams of networks
# --------------------------------------------------------------------------------------


def _blank(ax: Axes | None, width: float, height: float, x_span, y_span):
    """Return a figure and axes without any frame, one unit as long in x as in y."""
    fig, ax = _canvas(ax, height, width)
    ax.set_xlim(*x_span)
    ax.set_ylim(*y_span)
    ax.set_aspect("equal")
    ax.axis("off")
    return fig, ax


def _box(
    ax, x, y, text, *, face, edge, width=1.1, height=0.62, dashed=False, size=11, **kind
) -> None:
    ax.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=face,
            edgecolor=edge,
            linewidth=1.4,
            linestyle="--" if dashed else "-",
        )
    )
    ax.text(x, y, text, ha="center", va="center", fontsize=size, **kind)


def _arrow(ax, start, end, *, color=BLACK, dashed=False, bend=0.0, width=1.4) -> None:
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=12,
            shrinkA=0,
            shrinkB=0,
            color=color,
            linewidth=width,
            linestyle=(0, (4, 2)) if dashed else "-",
            connectionstyle=f"arc3,rad={bend}",
        )
    )


def draw_network(
    *,
    steps: int = 4,
    characters: str | None = None,
    layers: int = 1,
    title: str | None = None,
) -> Figure:
    """Draw a recurrent network folded, and the same network unrolled over its steps.

    Args:
        steps: how many steps to unroll, 1 to 8; ``characters`` sets it if given.
        characters: a text of T + 1 characters: the inputs of the T steps and, above
            the logits, their targets.
        layers: how many recurrent layers to stack, 1 to 3.
        title: the takeaway.

    Returns:
        The figure.

    Raises:
        ValueError: if ``steps`` or ``layers`` is outside its range.
    """
    symbols = None
    if characters is not None:
        symbols = _symbols(characters)
        _check_lesson(symbols)
        steps = len(symbols) - 1
    if not 1 <= steps <= 8:
        raise ValueError(
            f"steps must be from 1 to 8 to be legible, not {steps}; with characters, "
            "pass 2 to 9 of them."
        )
    if not 1 <= layers <= 3:
        raise ValueError(f"layers must be from 1 to 3, not {layers}.")
    rise, stride = 1.45, 2.15
    if steps > 5:
        stride = 1.85
    top = rise * (layers + 1)
    left = 5.45  # the centre of the first unrolled step
    right = left + stride * (steps - 1) + 1.75
    low, high = (-1.05 if symbols else -0.75), top + (1.15 if symbols else 0.85)
    span = right + 0.75
    width = min(_WIDTH, 0.72 * span)
    fig, ax = _blank(
        None, width, width * (high - low) / span + 0.35, (-0.75, right), (low, high)
    )
    scale = float(np.clip(width / span * 1.36, 0.66, 1.0))
    draw = _Network(ax, scale, rise, layers)
    draw.column(0.0, "t", first=True)
    for layer in range(1, layers + 1):
        draw.loop(0.0, layer * rise, layer)
    heading = {"fontsize": 11 * scale, "fontweight": "bold", "ha": "center"}
    ax.text(0, high - 0.25, "folded", **heading)
    middle = left + stride * (steps - 1) / 2
    unrolled = "unrolled: the same weights at every step" if steps > 2 else "unrolled"
    ax.text(middle, high - 0.25, unrolled, **heading)
    ax.text(2.6, top / 2 + 0.3, "unroll", ha="center", fontsize=10 * scale)
    _arrow(ax, (2.2, top / 2), (3.0, top / 2), color=GREY, width=2.4)
    for layer in range(1, layers + 1):
        draw.initial(left - 1.75, layer * rise, layer)
    for t in range(steps):
        x = left + stride * t
        draw.column(x, str(t + 1))
        for layer in range(1, layers + 1):
            begin = x - (1.75 - 0.33 if t == 0 else stride - 0.55)
            draw.recurrent(begin, x - 0.55, layer * rise, layer)
            if t == steps - 1:
                draw.last(x + 0.55, layer * rise, layer)
        if symbols:
            note = {"ha": "center", "va": "center", "fontsize": 11 * scale}
            ax.text(x, -0.66, f"“{symbols[t]}”", **note, color=BLUE)
            ax.text(
                x,
                top + 0.55,
                f"target “{symbols[t + 1]}”",
                **note,
                color=_DARK_VERMILLION,
            )
    _title(ax, title)
    return fig


class _Network:
    """The parts of the network diagram, all at one scale."""

    def __init__(self, ax: Axes, scale: float, rise: float, layers: int):
        self.ax, self.scale, self.rise, self.layers = ax, scale, rise, layers

    def name(self, symbol: str, index: str, layer: int) -> str:
        upper = f"^{{({layer})}}" if self.layers > 1 else ""
        return f"${symbol}_{{{index}}}{upper}$"

    def weight(self, x, y, symbol, index, layer=1, **place) -> None:
        place = {"ha": "left", "va": "center"} | place
        name = self.name(symbol, index, layer if index != "ho" else 0)
        if index == "ho":
            name = f"${symbol}_{{ho}}$"
        self.ax.text(x, y, name, fontsize=10.5 * self.scale, color="#333333", **place)

    def column(self, x: float, step: str, first: bool = False) -> None:
        """Draw input, states and logits of one step, with the arrows between them."""
        ax, size = self.ax, 12 * self.scale
        boxes = [(f"$x_{{{step}}}$", _PALE_GREY, "#555555")]
        boxes += [
            (self.name("h", step, layer), _PALE_BLUE, BLUE)
            for layer in range(1, self.layers + 1)
        ]
        boxes += [(f"logits$_{{{step}}}$", _PALE_VERMILLION, VERMILLION)]
        for level, (text, face, edge) in enumerate(boxes):
            y = level * self.rise
            _box(ax, x, y, text, face=face, edge=edge, size=size)
            if level:
                _arrow(ax, (x, y - self.rise + 0.31), (x, y - 0.31))
                output = level == self.layers + 1
                self.weight(
                    x + 0.1, y - self.rise / 2, "W", "ho" if output else "ih", level
                )

    def loop(self, x: float, y: float, layer: int) -> None:
        """Draw the recurrent connection of the folded network."""
        corners = [(0.55, 0.17), (1.45, 0.62), (1.45, -0.62), (0.55, -0.17)]
        curve = Path(
            [(x + right, y + up) for right, up in corners],
            [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
        )
        self.ax.add_patch(
            FancyArrowPatch(
                path=curve,
                arrowstyle="-|>",
                mutation_scale=12,
                color=BLACK,
                linewidth=1.4,
                linestyle=(0, (4, 2)),
            )
        )
        self.weight(x + 1.32, y, "W", "hh", layer)

    def initial(self, x: float, y: float, layer: int) -> None:
        """Draw the zero state before the first step."""
        _box(
            self.ax,
            x,
            y,
            self.name("h", "0", layer),
            face="white",
            edge=GREY,
            width=0.66,
            dashed=True,
            size=11 * self.scale,
        )
        self.ax.text(
            x, y - 0.47, "zeros", ha="center", va="center", fontsize=9 * self.scale
        )

    def recurrent(self, begin: float, end: float, y: float, layer: int) -> None:
        _arrow(self.ax, (begin, y), (end, y), dashed=True)
        self.weight(
            (begin + end) / 2 - 0.04,
            y + 0.1,
            "W",
            "hh",
            layer,
            ha="center",
            va="bottom",
        )

    def last(self, x: float, y: float, layer: int) -> None:
        _arrow(self.ax, (x, y), (x + 0.5, y), dashed=True)
        name = "$h_n$" if self.layers == 1 else f"$h_n$[{layer - 1}]"
        self.ax.text(
            x + 0.56, y, name, ha="left", va="center", fontsize=11 * self.scale
        )


def draw_feedforward(*, title: str | None = None, ax: Axes | None = None) -> Figure:
    """Draw a feed-forward network beside a recurrent one: what is new is dashed.

    Args:
        title: the takeaway.
        ax: where to draw; a new figure if None.

    Returns:
        The figure.
    """
    fig, ax = _blank(ax, 7.0, 4.0, (-2.9, 6.6), (-0.75, 3.95))
    draw = _Network(ax, 1.0, 1.45, 1)
    heading = {"fontsize": 11, "fontweight": "bold", "ha": "center"}
    for x, name, what in (
        (0.0, "feed-forward", "sees one character"),
        (4.2, "recurrent", "sees it and its own past"),
    ):
        draw.column(x, "t")
        ax.text(x, 3.68, name, **heading)
        ax.text(x, -0.62, what, fontsize=10, ha="center", color="#444444")
    draw.loop(4.2, 1.45, 1)
    for y, text in (
        (0.0, "input layer"),
        (1.45, "hidden layer"),
        (2.9, "output layer"),
    ):
        ax.text(-0.75, y, text, fontsize=10, ha="right", va="center", color="#444444")
    ax.text(
        5.05,
        1.02,
        "recurrent\nconnection",
        fontsize=10,
        ha="left",
        va="top",
        color="#444444",
    )
    _title(ax, title)
    return fig


# --------------------------------------------------------------------------------------
# The cell, step by step
# --------------------------------------------------------------------------------------


@dataclass
class CellStep:
    """Every number of one step of the cell, each an array of one dimension.

    Attributes:
        x_t: (V,): the one-hot row of the character that is read.
        h_prev: (H,): the state before the step.
        from_input: (H,): ``x_t @ W_ih.T + b_ih``.
        from_state: (H,): ``h_prev @ W_hh.T + b_hh``.
        pre: (H,): the sum of the two.
        h_t: (H,): the activation of the sum, the state after the step.
        logits: (V,): ``h_t @ W_ho.T + b_o``.
        probs: (V,): the softmax of the logits.
        character: the character that is read, for the title.
    """

    x_t: object
    h_prev: object
    from_input: object
    from_state: object
    pre: object
    h_t: object
    logits: object
    probs: object
    character: str | None = None

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the eight arrays by name, with their shapes checked.

        Raises:
            ValueError: if an array is not one-dimensional, or not as long as the
                others of its kind.
        """
        arrays = {
            field.name: _array(getattr(self, field.name), field.name, 1)
            for field in fields(self)
            if field.name != "character"
        }
        for names in (
            ("x_t", "logits", "probs"),
            ("h_prev", "from_input", "from_state", "pre", "h_t"),
        ):
            sizes = {name: len(arrays[name]) for name in names}
            if len(set(sizes.values())) > 1:
                raise ValueError(f"These must be equally long: {sizes}.")
        return arrays


_CAPTIONS = {
    "x_t": "$x_t$",
    "h_prev": "$h_{t-1}$",
    "from_input": "from $x_t$",
    "from_state": "from $h_{t-1}$",
    "pre": "sum",
    "h_t": "$h_t$",
    "logits": "logits",
    "probs": "probs",
}


def _cell_steps(steps, vocabulary) -> tuple[list[dict], list[str], list[str | None]]:
    checked = [CellStep(**s) if isinstance(s, Mapping) else s for s in steps]
    if not checked:
        raise ValueError("steps is empty: there is nothing to draw.")
    arrays = [step.arrays() for step in checked]
    known = _symbols(vocabulary)
    for numbers in arrays:
        if len(numbers["x_t"]) != len(known):
            raise ValueError(
                f"x_t has {len(numbers['x_t'])} values, but the vocabulary "
                f"{len(known)} symbols."
            )
    return arrays, known, [step.character for step in checked]


def _cell_scale(name: str, everything: Sequence[dict]) -> tuple[str, float, float]:
    """Return colour map and limits of one quantity, the same for all steps."""
    if name in ("x_t", "probs"):
        return "cividis", 0.0, 1.0
    alike = {
        "h_prev": ("h_prev", "h_t"),
        "h_t": ("h_prev", "h_t"),
        "logits": ("logits",),
    }.get(name, ("from_input", "from_state", "pre"))
    top = max(
        float(np.abs(step[other]).max()) for step in everything for other in alike
    )
    return "PuOr", -max(top, 1.0), max(top, 1.0)


def draw_cell_step(
    step, *, vocabulary, activation: str = "tanh", title: str | None = None
) -> Figure:
    """Draw one step of the cell as columns of numbers with the operations between them.

    Args:
        step: a ``CellStep``, or a mapping with its names.
        vocabulary: the V symbols, or a vocabulary.
        activation: the name of the non-linearity, written over its arrow.
        title: the takeaway; by default the character that is read and the most
            probable next one.

    Returns:
        The figure.

    Raises:
        ValueError: if the shapes do not fit each other.
    """
    (numbers,), known, (character,) = _cell_steps([step], vocabulary)
    hidden, size = len(numbers["h_t"]), len(known)
    rows = max(hidden, size)
    row = float(np.clip(4.2 / rows, 0.17, 0.34))
    fig, ax = _canvas(None, rows * row + 1.05)
    ax.axis("off")
    # What stands before each column: a sign, and over it the operation in words.
    gaps = {
        "x_t": (0.45, "", ""),
        "from_input": (1.2, "→", "$W_{ih}$, $b_{ih}$"),
        "h_prev": (0.8, "+", ""),
        "from_state": (1.2, "→", "$W_{hh}$, $b_{hh}$"),
        "pre": (0.8, "=", ""),
        "h_t": (1.0, "→", activation),
        "logits": (1.4, "→", "$W_{ho}$, $b_o$"),
        "probs": (1.15, "→", "softmax"),
    }
    wide = 1.0
    x, middle = 0.0, rows / 2
    font = float(np.clip(row * 72 * 0.52, 6.0, 9.5))
    for name, (gap, sign, words) in gaps.items():
        place = {"ha": "center", "va": "center"}
        between = x + gap / 2 - (0.16 if name == "logits" else 0)
        ax.text(between, middle, sign, fontsize=17, **place)
        ax.text(between, middle - 0.3 / row, words, fontsize=9, **place)
        x += gap
        if name in ("x_t", "h_prev"):
            # The two products, each on a ground of its own.
            ax.add_patch(
                Rectangle(
                    (x - (0.45 if name == "x_t" else 0.25), -0.35),
                    2 * wide + (1.9 if name == "x_t" else 1.7),
                    rows + 0.78 / row,
                    facecolor=_PALE_GREY,
                    edgecolor="none",
                    zorder=-1,
                )
            )
        _number_column(
            ax,
            numbers[name],
            x,
            middle,
            wide,
            _cell_scale(name, [numbers]),
            2 if name != "x_t" else 0,
            font,
        )
        count = len(numbers[name])
        letter = "V" if name in ("x_t", "logits", "probs") else "H"
        ax.text(
            x + wide / 2,
            middle + count / 2 + 0.08 / row,
            f"{_CAPTIONS[name]}\n({letter} = {count})",
            ha="center",
            va="top",
            fontsize=9.5,
            linespacing=1.25,
        )
        if name in ("x_t", "logits", "probs"):
            at = x + wide + 0.1 if name == "probs" else x - 0.1
            for index, symbol in enumerate(known):
                ax.text(
                    at,
                    middle - count / 2 + index + 0.5,
                    symbol,
                    ha="left" if name == "probs" else "right",
                    va="center",
                    fontsize=font,
                )
        x += wide
    best = int(np.argmax(numbers["probs"]))
    ax.add_patch(
        Rectangle(
            (x - wide, middle - size / 2 + best),
            wide,
            1,
            fill=False,
            ec=VERMILLION,
            lw=2,
        )
    )
    ax.set_xlim(-0.05, x + 0.4)
    ax.set_ylim(rows + 0.55 / row, -0.4)
    reads = f"Reads “{_symbol(character)}”, then expects" if character else "Expects"
    _title(
        ax,
        title,
        f"{reads} “{known[best]}” with probability {numbers['probs'][best]:.2f}",
    )
    if title is None:
        ax.set_gid(_MEASURED)  # the title prints a number that the images hold
    return fig


def _number_column(ax, values, x, middle, wide, scale, decimals, font) -> None:
    cmap, low, high = scale
    top = middle - len(values) / 2
    image = ax.imshow(
        values[:, None],
        extent=(x, x + wide, top + len(values), top),
        cmap=cmap,
        vmin=low,
        vmax=high,
        aspect="auto",
        interpolation="nearest",
    )
    colors = image.cmap(image.norm(values))
    for row, value in enumerate(values):
        ax.text(
            x + wide / 2,
            top + row + 0.5,
            _number(value, decimals),
            ha="center",
            va="center",
            fontsize=font,
            color=_ink(colors[row, :3]),
            gid=_MEASURED,
        )
    ax.add_patch(
        Rectangle((x, top), wide, len(values), fill=False, edgecolor="#555555", lw=0.8)
    )


def draw_cell_steps(
    steps, *, vocabulary, activation: str = "tanh", title: str | None = None
) -> Figure:
    """Draw several steps of the cell: a panel a quantity, a row a character.

    Args:
        steps: T times a ``CellStep``, or a mapping with its names.
        vocabulary: the V symbols, or a vocabulary.
        activation: the name of the non-linearity.
        title: the takeaway.

    Returns:
        The figure.

    Raises:
        ValueError: if the shapes do not fit each other.
    """
    arrays, known, characters = _cell_steps(steps, vocabulary)
    rows = len(arrays)
    labels = [
        _symbol(character) if character else str(number)
        for number, character in enumerate(characters)
    ]
    panels = {
        "x_t": "$x_t$: one-hot input",
        "from_input": "from $x_t$",
        "h_prev": "$h_{t-1}$: state before",
        "from_state": "from $h_{t-1}$",
        "pre": "sum of the two",
        "h_t": f"$h_t$: {activation} of the sum",
        "logits": "logits",
        "probs": "probabilities",
    }
    height = float(np.clip(rows * 0.24, 0.9, 6)) + 0.85
    fig = _new_figure(_WIDTH, 2 * height + 0.35)
    grid = fig.subplots(2, 4)
    for ax, (name, heading) in zip(grid.flat, panels.items(), strict=True):
        values = np.stack([step[name] for step in arrays])
        cmap, low, high = _cell_scale(name, arrays)
        image = ax.imshow(
            values,
            cmap=cmap,
            vmin=low,
            vmax=high,
            aspect="auto",
            interpolation="nearest",
        )
        of_symbols = name in ("x_t", "logits", "probs")
        count = values.shape[1]
        columns = known if of_symbols else [str(unit) for unit in range(count)]
        every = (1 if count <= 20 else 2) if of_symbols else math.ceil(count / 8)
        ax.set_xticks(range(0, count, every), columns[::every], fontsize=8)
        ax.set_yticks(range(rows), labels, fontsize=9)
        ax.tick_params(length=0, pad=2)
        for spine in ax.spines.values():
            spine.set_visible(False)
        ax.set_title(heading, loc="left", fontsize=10, pad=4)
        ax.set_xlabel("symbol" if of_symbols else "hidden unit", fontsize=8.5)
        bar = fig.colorbar(image, ax=ax, pad=0.02, aspect=16)
        bar.outline.set_visible(False)
        bar.ax.tick_params(labelsize=7, length=2)
        if name == "probs":
            for row, best in enumerate(values.argmax(axis=1)):
                ax.add_patch(
                    Rectangle(
                        (best - 0.5, row - 0.5), 1, 1, fill=False, ec=VERMILLION, lw=1.8
                    )
                )
    if title:
        fig.suptitle(textwrap.fill(title, 95), x=0.01, ha="left", fontsize=12)
    return fig


# --------------------------------------------------------------------------------------
# The map of the series
# --------------------------------------------------------------------------------------

_SERIES = {
    "Part I · The model, step by step": (
        ("00", "Start here"),
        ("01", "Text and padding"),
        ("02", "Inputs and targets"),
        ("03", "One-hot encoding"),
        ("04", "The nn.RNN model"),
        ("05", "The cell from scratch"),
        ("06", "Training"),
        ("07", "Sampling"),
        ("08", "Bug clinic"),
    ),
    "Part II · Why it works, and where it fails": (
        ("09", "Backpropagation through time"),
        ("10", "Vanishing and exploding gradients"),
        ("11", "LSTM and GRU"),
        ("12", "Inside the hidden state"),
    ),
    "Part III · Real sequences": (
        ("13", "Real text"),
        ("14", "Classifying sequences"),
        ("15", "Forecasting time series"),
        ("16", "Faster and larger"),
    ),
}


def draw_series_map(
    done: Sequence[str] = ("00", "01", "02", "03", "04", "05", "06", "07", "08"),
    *,
    title: str | None = None,
) -> Figure:
    """Draw the map of the series: its parts, and which notebooks are still planned.

    Args:
        done: the numbers of the notebooks that exist, such as ``"03"``; a file name
            that starts with the number works too.
        title: the takeaway.

    Returns:
        The figure.

    Raises:
        ValueError: if a number is not that of a notebook of the series.
    """
    ready = {str(name)[:2] for name in done}
    known = [number for part in _SERIES.values() for number, _ in part]
    unknown = sorted(ready.difference(known))
    if unknown:
        raise ValueError(f"The series has no notebook {unknown[0]!r}; it has {known}.")
    per_row, stride, rise = 5, 2.0, 0.98
    lines: list[tuple[str, list]] = []
    for part, notebooks in _SERIES.items():
        for begin in range(0, len(notebooks), per_row):
            lines.append(
                (part if not begin else "", notebooks[begin : begin + per_row])
            )
    height = sum(rise + (0.62 if part else 0) for part, _ in lines) - 0.22
    fig, ax = _blank(
        None,
        _WIDTH,
        0.3 + height * 0.88,
        (-0.05, per_row * stride - 0.1),
        (-height + 0.1, 0),
    )
    y = 0.0
    for part, notebooks in lines:
        if part:
            planned = all(number not in ready for number, _ in _SERIES[part])
            y -= 0.4 if y else 0.18
            words = f"{part} (planned)" if planned else part
            ax.text(0.02, y, words, fontsize=12, fontweight="bold", va="center")
            y -= 0.22
        _map_row(ax, notebooks, ready, y - 0.38, stride)
        y -= rise
    _title(ax, title)
    return fig


def _map_row(ax, notebooks, ready, y, stride) -> None:
    width, height = stride - 0.32, 0.76
    for place, (number, name) in enumerate(notebooks):
        x = place * stride + width / 2
        exists = number in ready
        ax.add_patch(
            FancyBboxPatch(
                (x - width / 2, y - height / 2),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.1",
                facecolor=_PALE_BLUE if exists else "white",
                edgecolor=BLUE if exists else GREY,
                linewidth=1.5 if exists else 1.1,
                linestyle="-" if exists else (0, (4, 3)),
            )
        )
        ink = "black" if exists else "#5A5A5A"
        ax.text(
            x - width / 2 + 0.1,
            y + height / 2 - 0.17,
            number if exists else f"{number} planned",
            fontsize=9,
            fontweight="bold" if exists else "normal",
            color=BLUE if exists else "#5A5A5A",
            va="center",
        )
        ax.text(
            x - width / 2 + 0.1,
            y - 0.1,
            textwrap.fill(name, 19),
            fontsize=9,
            color=ink,
            va="center",
            linespacing=1.1,
        )
        if place < len(notebooks) - 1:
            _arrow(
                ax,
                (x + width / 2 + 0.03, y),
                (x + stride - width / 2 - 0.03, y),
                color=GREY,
            )
