"""The lab of notebook 15: drag the origin of a forecast along a year of weather."""

from __future__ import annotations

import functools
import math
from datetime import date, timedelta
from typing import NamedTuple

import ipywidgets as widgets
import torch
from torch import Tensor

from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab
from charrnn_helpers.lab.pictures import Cell
from charrnn_helpers.lessons.n15 import series
from charrnn_helpers.plotting.palette import (
    BLACK,
    BLUE,
    GREY,
    PALE_BLUE,
    VERMILLION,
)

PAST, AHEAD, SHOWN = 14, 7, 14
"""Days that a forecast reads, days that it foretells, and days shown before it."""

FIRST = date(2015, 1, 1)
ORIGINS = 359
"""Forecasts whose seven days lie in 2015."""

RIVALS = ("line", "climatology", "yesterday")

WIDTH, HIGH = 760, 225
LOW_T, HIGH_T = -5.0, 40.0
"""Size of the picture, and the temperatures at its edges."""

EVERY = 7
"""The strip of the year has one column for a week: wide enough to be clicked on."""


class Year(NamedTuple):
    """All forecasts of 2015, in °C, and what came."""

    before: Tensor  # (ORIGINS, SHOWN): the days before each origin
    truth: Tensor  # (ORIGINS, AHEAD)
    forecasts: dict[str, Tensor]  # of each rival, (ORIGINS, AHEAD)
    residuals: Tensor  # (N, AHEAD): the errors of the line on the days it learned from


def _with_ones(x: Tensor) -> Tensor:
    return torch.cat([x, torch.ones_like(x[:, :1])], dim=1)


@functools.cache
def year() -> Year:
    """Climatology and line of section 15.6, learned from 2012 to 2014."""
    temps = series.temperatures()
    start = len(temps) - 365
    angle = 2 * math.pi * torch.arange(len(temps), dtype=torch.float64) / 365.25
    waves = _with_ones(
        torch.stack([f(k * angle) for k in (1, 2) for f in (torch.cos, torch.sin)], 1)
    )
    weights = torch.linalg.lstsq(waves[:start], temps[:start, None]).solution
    climate = (waves @ weights)[:, 0]
    rows = (temps - climate).unfold(0, PAST + AHEAD, 1)
    learned = rows[: start - PAST - AHEAD + 1]
    x, y = _with_ones(learned[:, :PAST]), learned[:, PAST:]
    weights = torch.linalg.lstsq(x, y).solution
    usual = climate[start:].unfold(0, AHEAD, 1)  # (ORIGINS, AHEAD)
    read = _with_ones(rows[start - PAST :, :PAST])
    return Year(
        temps.unfold(0, SHOWN, 1)[start - SHOWN :][:ORIGINS],
        temps[start:].unfold(0, AHEAD, 1),
        {
            "line": usual + read @ weights,
            "climatology": usual,
            "yesterday": temps[start - 1 : -AHEAD, None].expand(-1, AHEAD),
        },
        y - x @ weights,
    )


def band(level: int) -> tuple[Tensor, Tensor]:
    """What to add to the line's forecast: the ends of the interval, (AHEAD,) each."""
    share = level / 100
    ends = torch.tensor([(1 - share) / 2, (1 + share) / 2], dtype=torch.float64)
    low, high = torch.quantile(year().residuals, ends, dim=0)
    return low, high


def inside(level: int) -> Tensor:
    """Whether each day of each forecast came inside the interval, (ORIGINS, AHEAD)."""
    low, high = band(level)
    line, truth = year().forecasts["line"], year().truth
    return (line + low <= truth) & (truth <= line + high)


@functools.cache
def errors() -> dict[str, list[float]]:
    """The mean absolute error of each rival over the year, for each day ahead."""
    return {
        name: (forecast - year().truth).abs().mean(dim=0).tolist()
        for name, forecast in year().forecasts.items()
    }


def day_of(place: int) -> str:
    """The day that many days after the first of 2015, such as 3 May."""
    day = FIRST + timedelta(days=place)
    return f"{day.day} {day:%B}"


def draw_forecast(origin: int, day: int, level: int) -> Drawing:
    """Draw one forecast beside what came, and the errors of the whole year.

    Args:
        origin: the day of the first forecast, counted from 1 January 2015 = 0.
        day: the day ahead to tell about, from 1 to AHEAD.
        level: percentage of the days that the interval is to hold.
    """
    found, hits = year(), inside(level)
    here = {name: float(f[origin, day - 1]) for name, f in found.forecasts.items()}
    came = float(found.truth[origin, day - 1])
    nearest = min(RIVALS, key=lambda name: abs(here[name] - came))
    low, high = band(level)
    width = float((high - low)[day - 1])
    gain = 1 - errors()["line"][day - 1] / errors()["climatology"][day - 1]
    share = hits[:, day - 1].double().mean()
    days = pictures.counted(day, "day")
    text = (
        f"<b>Made before {day_of(origin)}, {days} ahead ({day_of(origin + day - 1)}):"
        f"</b> line {here['line']:.1f} °C, climatology {here['climatology']:.1f}, "
        f"yesterday {here['yesterday']:.1f}. It came to {came:.1f}, "
        f"{'inside' if hits[origin, day - 1] else 'outside'} the interval; nearest was "
        f"“{nearest}”.<br><b>Over the year, {days} ahead:</b> the line errs by "
        f"{errors()['line'][day - 1]:.2f} °C, {gain:.0%} less than climatology. Its "
        f"interval of {level} % is {width:.1f} °C wide and holds {share:.0%}."
    )
    return Drawing(
        pictures.sentence(text),
        _picture(origin, day, level) + _strip(origin) + _table(day, level),
    )


def _y(temperature: float, high: int = HIGH) -> float:
    share = (temperature - LOW_T) / (HIGH_T - LOW_T)
    return round((high - 30) * (1 - share) + 5, 1)


def _svg(label: str, high: int, parts: list[str], role: str) -> str:
    return (
        '<div style="background:#fff;color:#000;padding:4px 4px 0 4px">'
        f'<svg role="{role}" aria-label="{pictures.plain(label)}" width="{WIDTH}" '
        f'height="{high}" style="font:12px sans-serif;background:#fff">'
        f"{''.join(parts)}</svg></div>"
    )


def _line(points: list[tuple[float, float]], colour: str, dashes: str = "") -> str:
    at = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{at}" fill="none" stroke="{colour}" stroke-width="2" '
        f'stroke-dasharray="{dashes}"/>'
    )


def _picture(origin: int, day: int, level: int) -> str:
    """The days before, the forecast with its band, its rivals, and what came."""
    found, hits = year(), inside(level)[origin].tolist()
    step = (WIDTH - 200) / (SHOWN + AHEAD)

    def at(n: float) -> float:  # day 1 is the first of the forecast
        return 40 + step * (SHOWN + n - 0.5)

    parts = []
    for tick in range(0, 41, 10):
        parts.append(
            f'<path d="M36 {_y(tick)}H{at(AHEAD):.1f}" stroke="#ddd"/>'
            f'<text x="30" y="{_y(tick) + 4}" text-anchor="end">{tick}</text>'
        )
    low, high = (
        (found.forecasts["line"][origin] + part).tolist() for part in band(level)
    )
    edge = [(at(n), _y(t)) for n, t in enumerate(low, start=1)]
    edge += [(at(n), _y(t)) for n, t in reversed(list(enumerate(high, start=1)))]
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in edge)
    parts.append(f'<polygon points="{corners}" fill="{PALE_BLUE}" stroke="{BLUE}"/>')
    parts.append(
        f'<path d="M{at(0.5):.1f} 5V{HIGH - 25}" stroke="{GREY}" '
        'stroke-dasharray="2 3"/>'
    )
    before = found.before[origin].tolist()
    parts.append(
        _line([(at(n - SHOWN + 1), _y(t)) for n, t in enumerate(before)], BLACK)
    )
    looks = {"line": (BLUE, ""), "climatology": (GREY, "2 3")}
    looks["yesterday"] = (VERMILLION, "7 4")
    for k, (name, look) in enumerate(looks.items()):
        values = found.forecasts[name][origin].tolist()
        parts.append(_line([(at(n), _y(t)) for n, t in enumerate(values, 1)], *look))
        parts.append(_key(20 + 18 * k, _line([(622, 0), (652, 0)], *look), name))
    truth = found.truth[origin].tolist()
    for n, (value, hit) in enumerate(zip(truth, hits, strict=True), start=1):
        parts.append(_mark(at(n), _y(value), hit=hit, strong=n == day))
        parts.append(
            f'<text x="{at(n):.1f}" y="{HIGH - 8}" text-anchor="middle" '
            f'font-weight="{"bold" if n == day else "normal"}">{n}</text>'
        )
    parts.append(_key(74, _mark(637, 0, hit=True), "came inside"))
    parts.append(_key(92, _mark(637, 0, hit=False), "came outside"))
    parts.append(f'<text x="40" y="{HIGH - 8}">°C, the two weeks before</text>')
    label = (
        f"Highest temperature before {day_of(origin)} and seven days on: the interval "
        f"of {level} % holds {sum(hits)} of 7 days."
    )
    return _svg(label, HIGH, parts, "img")


def _key(y: float, drawn: str, name: str) -> str:
    return (
        f'<g transform="translate(0 {y})">{drawn}<text x="662" y="4">'
        f"{pictures.plain(name)}</text></g>"
    )


def _mark(x: float, y: float, *, hit: bool, strong: bool = False) -> str:
    """A dot for a day inside the interval, a cross for one outside."""
    ring = f'<circle cx="{x:.1f}" cy="{y}" r="9" fill="none" stroke="{BLACK}"/>'
    shape = (
        f'<circle cx="{x:.1f}" cy="{y}" r="4.5" fill="{BLACK}"/>'
        if hit
        else f'<path d="M{x - 5:.1f} {y - 5}l10 10m0 -10l-10 10" stroke="{BLACK}" '
        'stroke-width="2.5"/>'
    )
    return shape + ring * strong


def _strip(origin: int) -> str:
    """The year, a column for each week: a click moves the origin there."""
    high, step = 78, (WIDTH - 40) / 365
    truth = [*year().truth[:, 0].tolist(), *year().truth[-1, 1:].tolist()]
    usual = year().forecasts["climatology"][:, 0].tolist()
    parts = []
    for values, look in ((usual, (GREY, "2 3")), (truth, (BLACK, ""))):
        parts.append(
            _line([(40 + step * n, _y(t, high)) for n, t in enumerate(values)], *look)
        )
    for place in range(0, ORIGINS, EVERY):
        chosen = place <= origin < place + EVERY
        label = f"Forecast made before {day_of(place)}"
        touched = pictures.touch(f"o{place}", say=label, pressed=chosen)
        parts.append(
            f'<g role="button" aria-label="{label}"{touched}><rect '
            f'x="{40 + step * place:.1f}" y="2" width="{step * EVERY:.1f}" '
            f'height="{high - 20}" fill="{BLUE if chosen else "#fff"}" '
            f'fill-opacity="{0.35 if chosen else 0}"/></g>'
        )
    for month in range(12):
        x = 40 + step * (date(2015, month + 1, 1) - FIRST).days
        name = date(2015, month + 1, 1).strftime("%b")
        parts.append(f'<text x="{x:.1f}" y="{high - 4}">{name}</text>')
    return _svg("2015, to choose the week of the forecast from", high, parts, "group")


def _table(day: int, level: int) -> str:
    """The errors of the whole year for each day ahead, and the share inside."""
    held = inside(level).double().mean(dim=0).tolist()
    rows = []
    for name, numbers, form in (
        *((name, errors()[name], "{:.2f}") for name in RIVALS),
        ("inside", held, "{:.0%}"),
    ):
        row = []
        for n, number in enumerate(numbers, start=1):
            shown = form.format(number)
            say = (
                f"{n} ahead: {shown} of {ORIGINS} days inside the interval"
                if name == "inside"
                else f"{n} ahead: {name} errs by {shown} °C on average"
            )
            value = None if name == "inside" else 5 - number
            chosen = n == day
            row.append(
                Cell(shown, value, strong=chosen, pick=f"d{n}", link=f"h{n}", say=say)
            )
        rows.append(row)
    return pictures.grid(
        rows,
        caption="Mean error over 2015 in °C, and the share inside the interval of "
        f"{level} %, by days ahead",
        row_labels=[*RIVALS, "inside"],
        column_labels=[str(n) for n in range(1, AHEAD + 1)],
        limit=3.2,
    )


def _pick(lab: Lab, key: str) -> None:
    control = lab.day if key[0] == "d" else lab.origin
    control.value = int(key[1:])


def forecast_lab() -> Lab:
    """A lab: a forecast of seven days, from any day of a year that it has not seen.

    Controls: ``origin``, ``day``, ``level``.
    """
    return Lab(
        "A week ahead, from any day of 2015",
        {
            "origin": widgets.IntSlider(
                120,
                min=0,
                max=ORIGINS - 1,
                description="Day of the year, from 0",
                layout=widgets.Layout(width="760px"),
            ),
            "day": widgets.IntSlider(1, min=1, max=AHEAD, description="Days ahead"),
            "level": widgets.IntSlider(
                80, min=50, max=95, step=5, description="Interval (%)"
            ),
        },
        draw_forecast,
        rows=[["origin"], ["day", "level"]],
        on_pick=_pick,
    )
