"""Show a figure with its alternative text and its rounded data."""

import base64
import html
import io
import math

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import (
    LineCollection,
    PathCollection,
    PolyCollection,
    QuadMesh,
)
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator
from PIL import Image

_FIGURE_MIME = "application/vnd.charrnn.figure+json"
# Artists that carry no data of their own.
DECORATION = "decoration"
# Texts that print a number which lines, bars or images already hold: what follows the
# colon is the part of the text that is not a number.
MEASURED = "measured:"


def show(fig: Figure, *, alt: str, digits: int = 2, volatile: bool = False) -> None:
    """Display a figure as one output: picture, alternative text and rounded data.

    The output holds ``text/html`` (an ``img`` at twice the resolution of the page, with
    its ``alt``: JupyterLab drops that of a bare PNG), ``text/plain``
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
    png = png_bytes(fig, dpi=2 * DPI)
    width = int.from_bytes(png[16:20]) // 2  # of the header, in pixels of the page
    picture = base64.b64encode(png).decode("ascii")
    display(
        {
            "text/html": f'<img alt="{html.escape(alt)}" width="{width}" '
            f'src="data:image/png;base64,{picture}">',
            "text/plain": f"[figure: {alt}]",
            _FIGURE_MIME: data,
        },
        raw=True,
    )


DPI = 100
COLORS = 128


def png_bytes(fig: Figure, *, dpi: float = DPI) -> bytes:
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
    settle(fig)
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
    settle(fig)
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
    """Return a picture of at most 128 colours: a third of the size, and no metadata.

    The commonest colours stay exact; the rare ones, on the edges of letters, become
    the nearest of those.
    """
    packed = pixels.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.int32)
    colors, index, counts = np.unique(
        packed.ravel(), return_inverse=True, return_counts=True
    )
    kept = colors[np.argsort(-counts, kind="stable")[:COLORS]]
    channels = np.array([16, 8, 0])
    kept_rgb = ((kept[:, None] >> channels) & 255).astype(np.float32)
    all_rgb = ((colors[:, None] >> channels) & 255).astype(np.float32)
    # The square of the distance, less the part that is the same for all candidates.
    distance = (kept_rgb**2).sum(axis=1) - 2 * all_rgb @ kept_rgb.T
    nearest = distance.argmin(axis=1).astype(np.uint8)
    picture = Image.fromarray(nearest[index].reshape(packed.shape), mode="P")
    picture.putpalette(kept_rgb.astype(np.uint8).tobytes())
    return picture


def settle(fig: Figure) -> None:
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
        if ax.get_gid() != MEASURED
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
        if gid == DECORATION:
            continue
        if gid.startswith(MEASURED):
            text = gid.removeprefix(MEASURED)
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
        if line.get_gid() != DECORATION
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
        if isinstance(collection, kind) and collection.get_gid() != DECORATION
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
