"""The two real series of notebook 15."""

from __future__ import annotations

import csv
from pathlib import Path

import torch
from matplotlib import cbook
from torch import Tensor

FILE = Path(__file__).parents[3] / "notebooks" / "data" / "seattle_temperature.csv"


def prices() -> Tensor:
    """A share's price on 1,047 trading days, 2004 to 2008, in dollars, float64.

    Source: the sample file goog.npz of Matplotlib (adjusted closing prices).
    """
    table = cbook.get_sample_data("goog.npz")["price_data"]
    return torch.tensor(table["adj_close"].tolist(), dtype=torch.float64)


def temperatures() -> Tensor:
    """The highest temperature of each day in Seattle, 2012 to 2015, in °C, float64.

    Source: NOAA; see notebooks/data/README.md.
    """
    with FILE.open(encoding="utf-8", newline="") as file:
        degrees = [float(row["temp_max"]) for row in csv.DictReader(file)]
    return torch.tensor(degrees, dtype=torch.float64)
