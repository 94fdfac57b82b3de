"""Curves, bars and the ladder of losses."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from charrnn_helpers.plotting.palette import (
    BLACK,
    BLUE,
    CYCLE,
    FAINT,
    GREY,
    HATCHES,
    looks_of,
)
from charrnn_helpers.plotting.showing import DECORATION, MEASURED
from charrnn_helpers.plotting.tools import (
    canvas,
    loss_text,
    set_title,
    spelled,
    spread,
    to_array,
    visible_symbols,
)

_LOSS = "Loss (nats per character)"


def _losses_of(values):
    return getattr(values, "losses", values)


def _named(series, name: str, ndim: int) -> dict[str, np.ndarray]:
    """Return one series or a mapping of them as ``{label: array}``."""
    if isinstance(series, Mapping):
        if not series:
            raise ValueError(f"{name} is empty: there is nothing to draw.")
        return {
            str(label): to_array(_losses_of(values), f"{name}[{label!r}]", ndim)
            for label, values in series.items()
        }
    return {"": to_array(_losses_of(series), name, ndim)}


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

    Raises:
        ValueError: if there is no rung, if a loss is negative or not finite, or if
            ``highlight`` names no rung.
    """
    losses = to_array(list(rungs.values()), "rungs", 1)
    if not np.all(np.isfinite(losses)) or losses.min() < 0:
        raise ValueError(f"Each rung must be a finite loss of at least 0, not {rungs}.")
    names = [str(name) for name in rungs]
    chosen = [highlight] if isinstance(highlight, str) else list(highlight or ())
    for name in chosen:
        if name not in names:
            raise ValueError(f"highlight names {name!r}, but the rungs are {names}.")
    order = np.argsort(-losses, kind="stable")
    fig, ax = canvas(ax, 1.15 + 0.36 * len(names))
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
            loss_text(loss),
            (loss, row),
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            fontweight="bold" if marked else "normal",
            gid=MEASURED,
        )
    ax.set_yticks(range(len(names)), [spelled(names[index]) for index in order])
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlim(0, max(float(losses.max()), 1e-6) * 1.12)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_color(GREY)
    ax.set_xlabel(_LOSS)
    set_title(ax, title)
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
        xlabel: what is counted along the curve.
        ylabel: the quantity and its unit.
        start: the count at the first loss.
        every: the counts from one loss to the next.
        ylim: the ends of the loss axis, each a number or None.

    Raises:
        ValueError: if there is nothing to draw, or a sequence is not one-dimensional.
    """
    series = _named(losses, "losses", 1)
    fig, ax = canvas(ax, 3.6)
    for (label, values), look in zip(
        series.items(), looks_of(list(series)), strict=True
    ):
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
        ylim: the ends of the y axis, each a number or None.

    Raises:
        ValueError: if a series is empty or is not as long as ``x``.
    """
    x = to_array(x, "x", 1)
    named = _named(series, "series", 1)
    fig, ax = canvas(ax, 3.6)
    for (label, values), look in zip(named.items(), looks_of(list(named)), strict=True):
        _check_length(values, x, label)
        _draw_line(ax, x, values, label, look, marked=markers)
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
        ylim: the ends of the y axis, each a number or None.

    Raises:
        ValueError: if a series is not as long as ``labels``.
    """
    names = visible_symbols(labels)
    named = _named(values, "values", 1)
    fig, ax = canvas(ax, 3.2)
    width = 0.8 / len(named)
    x = np.arange(len(names))
    for number, (label, heights) in enumerate(named.items()):
        _check_length(heights, x, label)
        color = CYCLE[number % len(CYCLE)][0]
        hatch = HATCHES[number % len(HATCHES)]
        ax.bar(
            x + (number - (len(named) - 1) / 2) * width,
            heights,
            width * 0.92,
            facecolor="white" if hatch else color,
            edgecolor=color,
            linewidth=1.2,
            hatch=hatch or None,
            label=spelled(label) or None,
        )
    long_names = sum(map(len, names)) > 75
    ax.set_xticks(x, names, rotation=35 if long_names else 0)
    if long_names:
        for tick in ax.get_xticklabels():
            tick.set(ha="right", rotation_mode="anchor")
    ax.tick_params(axis="x", length=0)
    if min(float(heights.min()) for heights in named.values()) < 0:
        ax.axhline(0, color=BLACK, linewidth=0.8, gid=DECORATION)
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
        label=spelled(label) if label else "_run",
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
    ax.grid(axis="y", color=FAINT, linewidth=0.6)
    ax.set_axisbelow(True)
    if any(named):
        ax.legend(loc="best")
    set_title(ax, title)
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
    places = spread([h for _, h in shown], gap, 0.0, 1.0)
    for (name, at), place in zip(shown, places, strict=True):
        ax.plot(
            [1.0, 1.02, 1.03],
            [at, place, place],
            transform=ax.transAxes,
            clip_on=False,
            color=GREY,
            linestyle="-",
            linewidth=0.8,
            gid=DECORATION,
            scalex=False,
            scaley=False,
        )
        ax.text(
            1.037,
            place,
            f"{spelled(name)}  {loss_text(levels[name])}",
            transform=ax.transAxes,
            va="center",
            fontsize=size,
            color="#555555",
            gid=MEASURED + name,
        )
