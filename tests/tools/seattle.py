"""Make notebooks/data/seattle_temperature.csv from the package vega_datasets 0.9.0.

    pip download --no-deps vega_datasets==0.9.0
    python tests/tools/seattle.py vega_datasets-0.9.0-py3-none-any.whl

The package holds the daily weather of Seattle, 2012 to 2015, of the US National Oceanic
and Atmospheric Administration (NOAA; in the public domain). Kept are the date and the
highest temperature of each day; that no day is missing is checked.
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

OUTPUT = Path(__file__).parents[2] / "notebooks" / "data" / "seattle_temperature.csv"
MEMBER = "vega_datasets/_data/seattle-weather.csv"


def from_wheel(wheel: Path) -> str:
    """The small table, as text."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(MEMBER).decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    days = [date.fromisoformat(row["date"].replace("/", "-")) for row in rows]
    steps = {after - before for before, after in pairwise(days)}
    assert (days[0], len(days)) == (date(2012, 1, 1), 1461) and steps == {timedelta(1)}
    lines = ["date,temp_max"]
    pairs = zip(days, rows, strict=True)
    lines += [f"{day.isoformat()},{float(row['temp_max']):.1f}" for day, row in pairs]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    OUTPUT.write_text(from_wheel(Path(sys.argv[1])), encoding="utf-8", newline="\n")
