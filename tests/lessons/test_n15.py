"""Notebook 15: its series, its functions against other ways, its lab."""

from __future__ import annotations

import json
import math
import random

import numpy as np
import pytest
import torch

from charrnn_helpers.lessons.n15 import checks, figures, lab, series
from tests.tools import seattle
from tests.tools.exercises import NOTEBOOKS


def built() -> dict:
    """What the notebook's cells define before they train anything."""
    path = NOTEBOOKS / "15_forecasting_time_series.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    begins = ("def simulate", "PAST =", "class Forecaster", "def train", "QUANTILES")
    space: dict = {}
    for source in code:
        if "setup_notebook(" in source or source.startswith(begins):
            exec(source, space)
    return space


SPACE = built()


# --- the series ----------------------------------------------------------------------


def test_the_temperatures_are_four_years_without_a_gap():
    temps = series.temperatures()
    assert temps.shape == (1461,) and temps.dtype == torch.float64
    assert (float(temps[0]), float(temps.min()), float(temps.max())) == (
        12.8,
        -1.6,
        35.6,
    )
    lines = series.FILE.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "date,temp_max" and lines[60] == "2012-02-29,5.0"
    assert lines[-1].startswith("2015-12-31,")


def test_the_file_is_what_the_script_makes(tmp_path):
    """With a wheel made here: the package itself is no requirement."""
    import zipfile

    rows = series.FILE.read_text(encoding="utf-8").splitlines()[1:]
    lines = ["date,precipitation,temp_max,temp_min,wind,weather"]
    for row in rows:
        day, degrees = row.split(",")
        lines.append(f"{day.replace('-', '/')},0.0,{degrees},1.0,2.0,rain")
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        archive.writestr(seattle.MEMBER, "\n".join(lines))
    assert seattle.from_wheel(tmp_path / "a.whl") == series.FILE.read_text("utf-8")


def test_the_prices_are_those_that_the_lesson_cuts():
    prices = series.prices()
    assert prices.shape == (1047,) and bool((prices > 90).all())
    assert float(prices[:732].max()) < float(prices[732:].max())  # what a leak tells


# --- what the notebook builds ---------------------------------------------------------


def test_windows_are_what_was_read_and_what_came():
    x, y = SPACE["windows"](torch.arange(7.0), 3, 2)
    assert x.tolist() == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    assert y.tolist() == [[3, 4], [4, 5], [5, 6]]


def test_a_line_finds_the_rule_without_noise():
    x = torch.randn(50, 3, dtype=torch.float64)
    y = x @ torch.tensor([[0.2], [0.0], [-1.5]], dtype=torch.float64) + 4
    torch.testing.assert_close(SPACE["fit_line"](x, y)(x), y)


def test_the_standard_deviation_of_the_swing_is_that_of_its_formula():
    a, b = 1.5, -0.75
    variance = (1 - b) / ((1 + b) * ((1 - b) ** 2 - a**2))
    found = SPACE["simulate"](SPACE["swing"], 100_000, seed=3)
    assert float(found.std()) == pytest.approx(math.sqrt(variance), rel=0.02)
    assert math.sqrt(variance) == pytest.approx(2.9, abs=0.05)  # as the lesson says


@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
def test_the_quantile_loss_is_lowest_at_the_quantile_and_lopsided(q):
    loss = SPACE["quantile_loss"]
    draws = torch.arange(101.0, dtype=torch.float64) ** 2
    losses = [float(loss(d, draws, q)) for d in draws]
    assert float(draws[int(np.argmin(losses))]) == float(torch.quantile(draws, q))
    low, high = (
        loss(torch.tensor(0.0), torch.tensor(1.0), q),
        loss(torch.tensor(1.0), torch.tensor(0.0), q),
    )
    assert (float(low), float(high)) == pytest.approx((q, 1 - q))


def test_fit_scales_by_what_it_is_given_and_forecasts_in_its_units():
    x, y = SPACE["windows"](100 + 5 * torch.randn(90, dtype=torch.float64), 4)
    made = SPACE["fit"](x, y, seed=0, epochs=3)(x)
    assert made.shape == y.shape and abs(float(made.mean()) - 100) < 5


# --- the checks -----------------------------------------------------------------------


def test_the_walk_of_the_lesson():
    found = checks.walk_forward.reference(1461, 14, 7, 731, 365)
    assert found == [(711, 359), (1076, 359)]


def test_a_copy_has_the_lag_that_it_was_made_with():
    for forecast, truth, most in checks.copied.cases():
        lag = checks.copied.reference(forecast, truth, most)
        assert 0 <= lag <= most
    assert checks.copied.reference(*checks._copy(9, 3, 0.1)) == 3
    drawn = checks._draw_folds(random.Random(0))[0]
    assert checks.walk_forward.reference(*drawn)


# --- the lab --------------------------------------------------------------------------


def test_the_lab_forecasts_nothing_from_the_year_itself(monkeypatch):
    before = {k: f.clone() for k, f in lab.year().forecasts.items()}
    changed = series.temperatures()
    changed[1096 + 200 :] += 30
    monkeypatch.setattr(series, "temperatures", lambda: changed)
    lab.year.cache_clear()
    try:
        for name, forecast in lab.year().forecasts.items():
            torch.testing.assert_close(forecast[:200], before[name][:200])
    finally:
        lab.year.cache_clear()


def test_what_came_is_what_the_file_says():
    temps = series.temperatures()
    truth, yesterday = lab.year().truth, lab.year().forecasts["yesterday"]
    torch.testing.assert_close(truth[10], temps[1106:1113])
    assert float(yesterday[10, 6]) == float(temps[1105])
    torch.testing.assert_close(lab.year().before[10], temps[1092:1106])


def test_the_insight_of_the_lab():
    line, usual = lab.errors()["line"], lab.errors()["climatology"]
    gains = [1 - a / b for a, b in zip(line, usual, strict=True)]
    assert gains[0] > 0.25 and max(gains[3:]) < 0.05
    held = [float(lab.inside(level).double().mean()) for level in range(50, 100, 5)]
    wanted = [level / 100 for level in range(50, 100, 5)]
    assert held == sorted(held) and held == pytest.approx(wanted, abs=0.04)
    low, high = lab.band(80)
    assert float((high - low)[0]) < 7 < 8 < float((high - low)[3])


@pytest.mark.parametrize("origin", [0, lab.ORIGINS - 1])
@pytest.mark.parametrize("day", [1, lab.AHEAD])
def test_it_draws_at_the_ends_of_its_sliders(origin, day):
    drawing = lab.draw_forecast(origin, day, 95)
    assert "nan" not in drawing.text + drawing.picture
    assert drawing.picture.count('aria-pressed="true"') == 4 + 1  # a column, a week
    assert len(drawing.picture) < 60_000


def test_a_pick_moves_its_slider():
    one = lab.forecast_lab()
    one.picture.pick("o182")
    one.picture.pick("d5")
    assert (one.origin.value, one.day.value) == (182, 5)
    assert "Made before 2 July, 5 days ahead (6 July)" in one.said


# --- the figures ----------------------------------------------------------------------


def test_a_fan_stands_where_its_forecast_begins():
    fans = torch.stack([torch.tensor([[0.0, 1, 2], [-1, 1, 3]])] * 2)
    fig = figures.draw_fans(torch.zeros(20), [5, 12], fans, title="T")
    ax = fig.axes[0]
    assert [list(line.get_xdata()) for line in ax.get_lines()[1::2]] == [
        [5, 6],
        [12, 13],
    ]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "what came",
        "interval",
        "middle of the forecast",
    ]


def test_a_series_begins_at_its_start():
    fig = figures.draw_series({"a": [1, 2, 3]}, "T", start=7)
    assert list(fig.axes[0].get_lines()[0].get_xdata()) == [7, 8, 9]
