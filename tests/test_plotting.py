"""What the figures hold: their data, their labels, their look."""

import base64
import importlib
import inspect
import itertools
import json
import struct
import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

from charrnn_helpers import lessons, plotting
from charrnn_helpers.evaluation import Card, Copied
from charrnn_helpers.plotting import palette, showing, tools
from tests.tools import figures
from tests.tools.figures import LONG, SENTENCES, SYMBOLS, rng

ROOMS_FIGURES = [
    importlib.import_module(f"charrnn_helpers.lessons.{path.parent.name}.figures")
    for path in sorted(Path(lessons.__path__[0]).glob("n*/figures.py"))
]
CLOSE_RUNGS = {
    "uniform": 2.7726,
    "unigram": 2.55,
    "bigram": 0.81,
    "trained": 0.05,
    "another": 0.04,
    "floor": 0.0289,
}


@pytest.fixture(autouse=True)
def _style():
    with mpl.rc_context():
        plotting.style()
        yield


def falling(count=100, start=3.0, end=0.029):
    return end + (start - end) * np.exp(-np.arange(count) / (count / 8))


def drawn_numbers(draw, seed, change):
    """Draw a kind of figure from changed random numbers; return what it holds."""
    rng = np.random.default_rng(seed)
    return plotting.figure_data(draw(rng, change))


# Each draws numbers from a generator, changed before they reach the figure.
KINDS = {
    "loss": lambda rng, f: plotting.draw_loss(f(rng.uniform(0.03, 3, 100))),
    "loss, log": lambda rng, f: plotting.draw_loss(
        f(falling(rng.integers(50, 150))), log=True
    ),
    "ladder": lambda rng, f: plotting.draw_ladder(
        dict(zip("abcd", f(rng.uniform(0.1, 3, 4)), strict=True))
    ),
    "lines": lambda rng, f: plotting.draw_lines(
        [10, 100, 1000],
        {"a": f(rng.uniform(1, 9, 3)), "b": f(rng.uniform(1, 900, 3))},
        xlabel="n",
        ylabel="s",
        log_x=True,
        log_y=True,
    ),
    "bars": lambda rng, f: plotting.draw_bars("abcde", f(rng.uniform(0, 1, 5))),
    "matrix": lambda rng, f: plotting.draw_matrix(f(rng.normal(size=(5, 7)))),
    "large matrix": lambda rng, f: plotting.draw_matrix(f(rng.normal(size=(60, 50)))),
}


# --------------------------------------------------------------------------------------
# Palette
# --------------------------------------------------------------------------------------


def wcag_contrast(color, other):
    def channel(value):
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    def luminance(name):
        red, green, blue = (channel(value) for value in to_rgb(name))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(color), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    "name", ["BLUE", "VERMILLION", "GREEN", "PURPLE", "BLACK", "GREY"]
)
def test_lines_of_the_palette_stand_out_on_white(name):
    assert wcag_contrast(getattr(plotting, name), "white") >= 3


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("DARK_VERMILLION", "white"),
        ("BLUE", "PALE_BLUE"),
        ("BLACK", "PALE_GREY"),
        ("BLACK", "PALE_VERMILLION"),
    ],
)
def test_letters_can_be_read(ink, ground):
    ground = getattr(palette, ground, ground)
    assert wcag_contrast(getattr(palette, ink), ground) >= 4.5


@pytest.mark.parametrize("cmap", ["PuOr", "cividis"])
def test_numbers_can_be_read_on_every_color_of_a_heatmap(cmap):
    for color in mpl.colormaps[cmap](np.linspace(0, 1, 101))[:, :3]:
        assert wcag_contrast(palette.ink_on(color), color) >= 4.5


def test_series_differ_in_color_and_line_style():
    labels = ["training", "validation", *"abcdefg"]
    looks = palette.looks_of(labels)
    assert len({(color, str(style)) for color, style, _ in looks}) == len(labels)
    assert looks[0][:2] == (plotting.BLUE, "-")
    assert looks[1][:2] == (plotting.VERMILLION, "--")
    for one, other in itertools.combinations(looks[:5], 2):
        assert one[0] != other[0]
        assert one[1] != other[1]


# --------------------------------------------------------------------------------------
# The data of a figure
# --------------------------------------------------------------------------------------


def test_a_line_is_held_with_its_ends_and_extremes():
    losses = falling(200)
    (panel,) = plotting.figure_data(plotting.draw_loss(losses, title="It falls"))[
        "axes"
    ]
    (line,) = panel["lines"]
    assert panel["title"] == "It falls"
    assert panel["ylabel"] == "Loss (nats per character)"
    assert line["n"] == 200
    assert line["x"][0] == pytest.approx(1, abs=2)
    assert line["x"][-1] == pytest.approx(200, abs=2)
    assert len(line["y"]) == 12
    assert line["y"][0] == pytest.approx(3, abs=0.03)
    assert line["y_extremes"] == pytest.approx([0.029, 3], abs=0.03)


def test_bars_are_held():
    heights = [0.1, 0.62, 0.28]
    (panel,) = plotting.figure_data(plotting.draw_bars("a b", heights))["axes"]
    assert panel["bars"][0]["v"] == pytest.approx(heights, abs=0.007)
    assert panel["xticks"] == ["a", "␣", "b"]


def test_images_are_held():
    array = np.linspace(-1, 1, 12).reshape(3, 4)
    fig = plotting.draw_matrix(array, row_labels="abc")
    (panel,) = plotting.figure_data(fig)["axes"]
    assert panel["images"][0]["shape"] == [3, 4]
    assert np.array(panel["images"][0]["values"]) == pytest.approx(array, abs=0.02)
    assert panel["yticks"] == ["a", "b", "c"]


def test_a_large_image_is_summarised():
    array = np.arange(6000.0).reshape(100, 60)
    (panel,) = plotting.figure_data(plotting.draw_matrix(array))["axes"]
    (image,) = panel["images"]
    assert image["shape"] == [100, 60]
    assert image["extremes"] == pytest.approx([0, 5999], abs=60)
    assert np.shape(image["values"]) == (8, 8)


def test_any_figure_is_held():
    fig, (left, right) = plt.subplots(1, 2)
    left.scatter([1, 2, 3], [4.0, 5.5, 9.0], label="points")
    left.fill_between([0, 1], [0, 0], [1, 3])
    left.vlines([1, 2], 0, [3, 4])
    left.legend()
    right.barh(["one", "two"], [3.0, 7.0])
    right.text(1, 1, "a note")
    fig.suptitle("Both")
    data = plotting.figure_data(fig)
    plt.close(fig)
    assert data["title"] == "Both"
    first, second = data["axes"]
    assert first["scatter"][0]["y"] == pytest.approx([4, 5.5, 9], abs=0.05)
    assert first["legend"] == ["points"]
    assert max(first["bands"][0]["y"]) == pytest.approx(3, abs=0.05)
    assert first["segments"][0]["n"] == 4
    assert second["bars"][0]["v"] == pytest.approx([3, 7], abs=0.05)
    assert second["yticks"] == ["one", "two"]
    assert second["texts"] == ["a note"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [0])
def test_a_change_of_one_per_cent_shows_and_of_a_millionth_does_not(kind, seed):
    same = drawn_numbers(KINDS[kind], seed, lambda values: values)
    for factor in (1 + 1e-6, 1 - 1e-7):
        assert drawn_numbers(KINDS[kind], seed, lambda v, f=factor: f * v) == same
    assert drawn_numbers(KINDS[kind], seed, lambda values: 1.01 * values) != same


@settings(deadline=None)
@given(
    span=st.floats(1e-6, 1e6),
    low=st.floats(-1e3, 1e3),
    parts=st.lists(st.floats(0, 1), min_size=1, max_size=10),
)
def test_rounding_is_near_and_has_no_negative_zero(span, low, parts):
    rounding = showing._Rounding(low, low + span, False, 2)
    values = [low + part * span for part in parts]
    rounded = rounding(values)
    assert "-0.0" not in json.dumps(rounded).replace("-0.0", "-0.0 ").split()
    scale = max(abs(low), span)
    for value, near in zip(values, rounded, strict=True):
        assert abs(value - near) <= 0.01 * span + 1e-12 * scale


def test_tiny_negative_numbers_round_to_zero():
    rounding = showing._Rounding(-1.0, 1.0, False, 2)
    assert json.dumps(rounding([-1e-9, 0.0, -0.0])) == "[0, 0, 0]"


def test_values_that_are_not_finite_can_be_written():
    data = plotting.figure_data(plotting.draw_loss([1.0, np.nan, np.inf, 2.0]))
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["axes"][0]["lines"][0]["y"][1:3] == ["nan", "inf"]


def test_volatile_leaves_out_every_number():
    fig = plotting.draw_lines(
        [1, 2],
        {"fast": [0.1, 0.2], "3 times": [0.3, 0.6]},
        xlabel="Length (characters)",
        ylabel="Time (s)",
        title="38 times as fast",
    )
    assert plotting.figure_data(fig, volatile=True) == {
        "axes": [
            {
                "xlabel": "Length (characters)",
                "ylabel": "Time (s)",
                "legend": ["fast"],
            }
        ]
    }


def test_numbers_in_texts_are_left_to_the_data():
    one = plotting.figure_data(plotting.draw_ladder({"a": 1.23449, "b": 3.0}))
    other = plotting.figure_data(plotting.draw_ladder({"a": 1.23451, "b": 3.0}))
    assert one == other
    assert "1.23" not in json.dumps(one["axes"][0].get("texts", []))


def test_digits_must_be_positive():
    with pytest.raises(ValueError, match="digits must be at least 1, not 0"):
        plotting.figure_data(plotting.draw_loss([1, 2]), digits=0)


# --------------------------------------------------------------------------------------
# Showing
# --------------------------------------------------------------------------------------


@pytest.fixture
def displayed(monkeypatch):
    calls = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, **kind: calls.append((data, kind))
    )
    return calls


def test_show_makes_one_output(displayed):
    fig, ax = plt.subplots()
    ax.plot([1, 2], [3, 4])
    plotting.show(fig, alt='A "line" that\n  rises.')
    ((data, kind),) = displayed
    assert set(data) == {
        "text/html",
        "text/plain",
        "application/vnd.charrnn.figure+json",
    }
    assert data["text/plain"] == '[figure: A "line" that rises.]'
    tag, picture = data["text/html"].split("base64,")
    png = base64.b64decode(picture.removesuffix('">'))
    width = struct.unpack(">I", png[16:20])[0]
    assert tag.startswith('<img alt="A &quot;line&quot; that rises." width=')
    assert f'width="{width // 2}"' in tag and 800 < width // 2 < 930
    assert data["application/vnd.charrnn.figure+json"]["axes"][0]["lines"]
    assert kind == {"raw": True}
    assert not plt.fignum_exists(fig.number)


@pytest.mark.parametrize("alt", ["", "  ", None])
def test_show_wants_an_alternative_text(alt, displayed):
    with pytest.raises(ValueError, match="needs an alternative text"):
        plotting.show(plotting.draw_loss([1, 2]), alt=alt)
    assert not displayed


@pytest.mark.parametrize("function", ["show", "png_bytes", "figure_data"])
def test_only_figures_are_taken(function):
    extra = {"alt": "x"} if function == "show" else {}
    with pytest.raises(TypeError, match="figure is needed here, not list"):
        getattr(plotting, function)([], **extra)


def png_chunks(png):
    at, names = 8, []
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        names.append(png[at + 4 : at + 8].decode("ascii"))
        at += length + 12
    return names


def test_a_png_is_the_same_each_time_and_has_no_metadata():
    def draw():
        return plotting.png_bytes(plotting.draw_padding(["ab "], [2]))

    assert draw() == draw()
    assert set(png_chunks(draw())) <= {"IHDR", "PLTE", "IDAT", "IEND"}


def test_a_png_keeps_its_common_colors():
    pixels = np.random.default_rng(0).integers(0, 255, (60, 60, 3), dtype=np.uint8)
    pixels[:40] = (255, 255, 255)
    pixels[40:45] = (0, 114, 178)
    picture = np.asarray(showing._with_palette(pixels).convert("RGB"))
    assert (picture[:45] == pixels[:45]).all()
    # Each of the others becomes the nearest of the colours that were kept.
    kept = np.unique(picture.reshape(-1, 3), axis=0).astype(int)
    assert len(kept) == showing.COLORS
    for before, after in zip(pixels[50].astype(int), picture[50], strict=True):
        nearest = ((kept - before) ** 2).sum(axis=1).min()
        assert ((before - after) ** 2).sum() == nearest


def test_a_png_of_few_colors_is_exact():
    pixels = np.random.default_rng(0).integers(0, 4, (50, 70, 3), dtype=np.uint8) * 60
    assert (np.asarray(showing._with_palette(pixels).convert("RGB")) == pixels).all()


# --------------------------------------------------------------------------------------
# What the functions draw
# --------------------------------------------------------------------------------------


def test_padding_is_hatched_and_counted():
    texts = [text.ljust(17) for text in SENTENCES]
    fig = plotting.draw_padding(texts, [len(text) for text in SENTENCES])
    (ax,) = fig.axes
    assert "8 of 51 cells are padding (16%)" in ax.get_title(loc="left")
    letters = [text.get_text() for text in ax.texts]
    assert sorted(letters) == sorted("".join(texts).replace(" ", "␣"))
    hatched = [c for c in ax.collections if c.get_hatch()]
    assert [len(c.get_paths()) for c in hatched] == [8]
    assert plotting.figure_data(fig)["axes"][0]["texts"] == letters


def test_padding_may_stand_on_the_left_and_be_a_symbol():
    fig = plotting.draw_padding([["<pad>", "h", "i"], list("you")], [2, 3], side="left")
    (ax,) = fig.axes
    assert "1 of 6" in ax.get_title(loc="left")
    (hatched,) = [c for c in ax.collections if c.get_hatch()]
    centre = hatched.get_paths()[0].vertices[:4].mean(axis=0)
    assert centre == pytest.approx([0, 0])


@pytest.mark.parametrize(
    ("texts", "lengths", "side", "message"),
    [
        ([], [], "right", "nothing to draw"),
        (["ab", "a"], [2, 1], "right", r"padded to one length; theirs are \[2, 1\]"),
        (["ab"], [3], "right", "from 0 to 2"),
        (["ab"], [1, 1], "right", "one number from 0 to 2 for each of the 1 texts"),
        (["ab"], [1], "top", "side must be 'right' or 'left', not 'top'"),
    ],
)
def test_padding_that_does_not_fit(texts, lengths, side, message):
    with pytest.raises(ValueError, match=message):
        plotting.draw_padding(texts, lengths, side=side)


def test_signed_values_get_symmetric_limits():
    signed = plotting.draw_matrix([[-1.0, 3.0]]).axes[0].get_images()[0]
    assert signed.get_clim() == (-3, 3)
    assert signed.get_cmap().name == "PuOr"
    plain = plotting.draw_matrix([[1.0, 3.0]]).axes[0].get_images()[0]
    assert plain.get_clim() == (0, 3)
    assert plain.get_cmap().name == "cividis"


def test_matrix_prints_its_numbers_where_they_fit():
    (ax, _) = plotting.draw_matrix([[-0.001, 1.5]]).axes
    assert [text.get_text() for text in ax.texts] == ["0.00", "1.50"]
    assert not plotting.draw_matrix(np.ones((40, 40))).axes[0].texts
    with pytest.raises(ValueError, match="not finite"):
        plotting.draw_matrix([[np.nan]])
    with pytest.raises(ValueError, match=r"2 dimensions, but its shape is \(2,\)"):
        plotting.draw_matrix([1, 2])


@pytest.mark.parametrize(
    "x, said",
    [
        ([15, 30, 60, 120, 240], ["15", "30", "60", "120", "240"]),
        ([1.0, 0.1, 0.001], ["0.001", "0.1", "1"]),
        ([100, 101, 1000], None),  # two of them would overlap
        (range(1, 40), None),
    ],
)
def test_a_logarithmic_axis_names_the_values_of_x(x, said):
    fig = plotting.draw_lines(
        list(x), list(range(len(x))), xlabel="n", ylabel="s", log_x=True
    )
    (ax,) = fig.axes
    fig.canvas.draw()
    labels = [label.get_text() for label in ax.get_xticklabels()]
    if said is None:
        assert any("mathdefault" in label for label in labels)
    else:
        assert labels == said
        assert not ax.get_xticks(minor=True).size


def test_ladder_is_sorted_and_checked():
    fig = plotting.draw_ladder({"low": 0.1, "high": 2.0}, highlight="low")
    (panel,) = plotting.figure_data(fig)["axes"]
    assert panel["yticks"] == ["high", "low"]
    assert [line["x"][1] for line in panel["lines"]] == pytest.approx(
        [2, 0.1], abs=0.02
    )
    with pytest.raises(ValueError, match="highlight names 'x'"):
        plotting.draw_ladder({"low": 0.1}, highlight="x")
    with pytest.raises(ValueError, match="finite loss of at least 0"):
        plotting.draw_ladder({"low": -0.1})


def test_rungs_are_drawn_dotted_where_they_belong():
    (ax,) = plotting.draw_loss(falling(), rungs={"bigram": 0.81}).axes
    (rung,) = [line for line in ax.get_lines() if line.get_linestyle() == ":"]
    assert rung.get_ydata() == [0.81, 0.81]
    assert rung.get_color() == plotting.GREY
    assert [text.get_text() for text in ax.texts] == ["bigram  0.810"]
    with pytest.raises(
        ValueError, match="rung 'floor' must be a finite number above 0"
    ):
        plotting.draw_loss(falling(), rungs={"floor": 0}, log=True)


@pytest.mark.parametrize("log", [False, True])
def test_losses_of_a_history_and_tensors_are_taken(log):
    class History:
        losses = (3.0, 2.0, 1.0)

    tensor = torch.tensor([3.0, 2.0, 1.0], requires_grad=True)
    series = {"training": History(), "validation": tensor}
    (ax,) = plotting.draw_loss(series, log=log, start=10, every=10).axes
    for line in ax.get_lines():
        assert line.get_xdata().tolist() == [10, 20, 30]
        assert line.get_ydata().tolist() == [3, 2, 1]
    assert ax.get_yscale() == ("log" if log else "linear")


def test_series_of_the_wrong_length_are_refused():
    with pytest.raises(ValueError, match="'a' has 3 values for 2 positions"):
        plotting.draw_lines([1, 2], {"a": [1, 2, 3]}, xlabel="", ylabel="")
    with pytest.raises(ValueError, match="losses is empty"):
        plotting.draw_loss([])
    with pytest.raises(ValueError, match="losses is empty"):
        plotting.draw_loss({})
    with pytest.raises(ValueError, match="must hold numbers only"):
        plotting.draw_loss(["a"])


def test_a_text_of_any_characters_can_be_drawn():
    text = "$a$ \n\t_^\\ e\u0301 😀 中 \u200b<b>&"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fig = plotting.draw_padding([text], [len(text)])
        plotting.png_bytes(fig)
        plotting.png_bytes(plotting.draw_bars(text, np.ones(len(text))))
        plotting.png_bytes(plotting.draw_loss({"$x$ and $": [1, 2]}, title="a"))
    held = plotting.figure_data(fig)["axes"][0]["texts"]
    assert held[:5] == ["$", "a", "$", "␣", "↵"]
    assert held[11:14] == ["◌\u0301", "␣", "😀"]
    assert "4E2D" in held  # a character that the font lacks is shown by its number
    assert "200B" in held  # and one that nobody can see


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plotting.draw_loss([1, 2], rungs={"a": 1.5}, ax=ax),
        lambda ax: plotting.draw_padding(["ab "], [2], ax=ax),
    ],
)
def test_given_axes_are_drawn_on(draw):
    fig, (_, ax) = plt.subplots(1, 2)
    assert draw(ax) is fig
    assert ax.has_data() or ax.patches
    plt.close(fig)


# --------------------------------------------------------------------------------------
# Legibility
# --------------------------------------------------------------------------------------


EXTREMES = {
    "ladder": lambda: plotting.draw_ladder(CLOSE_RUNGS, highlight="trained"),
    "loss": lambda: plotting.draw_loss(falling(), rungs=CLOSE_RUNGS),
    "loss, log": lambda: plotting.draw_loss(falling(), rungs=CLOSE_RUNGS, log=True),
    "loss, one epoch": lambda: plotting.draw_loss([2.0], rungs=CLOSE_RUNGS),
    "padding": lambda: plotting.draw_padding([LONG, "a".ljust(40)], [40, 1]),
    "padding, symbol": lambda: plotting.draw_padding(
        [["<pad>"] * 8 + list("i am fine"), list(SENTENCES[0])], [9, 17], side="left"
    ),
    "padding, one cell": lambda: plotting.draw_padding(["a"], [1]),
    "matrix": lambda: plotting.draw_matrix(
        rng().normal(size=(16, 16)), row_labels=SYMBOLS, column_labels=SYMBOLS
    ),
    "matrix, high": lambda: plotting.draw_matrix(
        rng().normal(size=(128, 65)), row_labels=[str(row) for row in range(128)]
    ),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_a_figure_is_legible_small_and_fits_a_notebook(name):
    figures.assert_legible(EXTREMES[name](), 60_000 if name == "matrix" else 40_000)


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=12),
    st.floats(0.01, 0.5),
)
def test_spread_keeps_order_distance_and_limits(wanted, gap):
    wanted = sorted(wanted)
    places = tools.spread(wanted, gap, 0.0, 1.0)
    possible = min(gap, 1 / max(len(wanted) - 1, 1))
    assert np.all(np.diff(places) >= possible - 1e-9)
    assert places[0] >= -1e-9
    assert places[-1] <= 1 + 1e-9


def test_spread_leaves_what_is_far_apart():
    assert tools.spread([0.1, 0.5, 0.9], 0.1, 0, 1) == pytest.approx([0.1, 0.5, 0.9])
    assert tools.spread([0.5, 0.5], 0.1, 0, 1) == pytest.approx([0.45, 0.55])


# --------------------------------------------------------------------------------------
# The module
# --------------------------------------------------------------------------------------


def public_functions():
    return [
        function
        for module in (plotting, *ROOMS_FIGURES)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if module is plotting
        or (name.startswith("draw_") and function.__module__ == module.__name__)
    ]


@pytest.mark.parametrize("function", public_functions(), ids=lambda f: f.__name__)
def test_every_argument_is_documented(function):
    documentation = inspect.getdoc(function)
    shared = {name for name in ("title", "ax") if f"``{name}``" in plotting.__doc__}
    for name in set(inspect.signature(function).parameters) - shared:
        assert f"\n    {name}: " in documentation


def test_importing_needs_no_torch_and_no_pyplot():
    code = (
        "import sys, charrnn_helpers.plotting; "
        "print(sorted({'torch', 'matplotlib.pyplot', 'IPython'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_card_shows_every_protocol_and_how_each_sample_begins():
    bits, tables = {8: 3.4, 64: 2.02, None: 1.75}, {1: 3.66, 3: 2.04}
    samples = {0.5: "x" * 100 + "\nend $ of it", 1.0: ""}
    for cost in ({}, {"seconds": 180.0, "read": 1_234_567}):
        found = Copied("a run", 0.5), samples
        fig = plotting.draw_card(Card(99, 1_000, 2_000, bits, tables, *found, **cost))
        assert list(fig.axes[0].lines[0].get_ydata()) == [3.4, 2.02, 1.75]
        ticks = [tick.get_text() for tick in fig.axes[0].get_xticklabels()]
        assert ticks == ["8", "64", "never"]
        facts = fig.axes[1].texts[0].get_text()
        assert "5 characters" in facts and ("1,234,567" in facts) is bool(cost)
        first, second = (ax.texts[0].get_text() for ax in fig.axes[2:])
        assert first.replace("\n", "") == "x" * 100 + "end \\$ of it" and second == ""
        plotting.png_bytes(fig)
