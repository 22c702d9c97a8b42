# SPDX-License-Identifier: Apache-2.0
"""Pictures show what the library computes: lines end where functions jump, and numbers are what they say."""

import functools

import matplotlib
import mpmath
import numpy as np
import pytest
from matplotlib.figure import Figure

import rheobase
from rheobase.plotting import curves, errors, style
from rheobase.plotting.figure import plot
from rheobase.plotting.panels import FLAT_BELOW

NAMES = rheobase.names()


@functools.cache
def picture(name):
    return plot(name, interval=(-7, 7))


def lines(axes, at_least=100):
    """The curves of a panel; circles and lines through 0 have fewer points."""
    return [line for line in axes.lines if len(line.get_xdata()) >= at_least]


@pytest.mark.parametrize("name", NAMES)
def test_every_declared_kink_in_view_is_a_jump_or_a_kink_of_the_picture(name):
    (found,) = picture(name).found["curves"]
    drawn = set(found["value"]["kinks"])
    drawn |= {jump["x"] for role in ("value", "derivative") for jump in found[role]["jumps"]}
    declared = {float(x) for x in rheobase.info(name)["facts"]["kinks"] if abs(float(x)) < 7}
    assert drawn == declared


@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_drawn_across_a_jump(name):
    figure = picture(name)
    (found,) = figure.found["curves"]
    for line, role in zip(lines(figure.axes[0]), ("value", "derivative"), strict=True):
        x, y = line.get_xdata(), line.get_ydata()
        assert np.all(np.diff(x) >= 0)
        for jump in found[role]["jumps"]:
            at = np.flatnonzero(np.isnan(y) & (x == jump["x"]))
            assert at.size == 1 and (y[at - 1], y[at + 1]) == (jump["left"], jump["right"])
        steps = np.abs(np.diff(y))
        assert np.nanmax(steps) < 0.02 * max(1, np.nanmax(np.abs(y)))


def test_a_jump_is_one_full_and_one_empty_circle():
    figure = plot("relu", show=["derivative"])
    circles = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    places = {(line.get_xdata()[0], line.get_ydata()[0]): line.get_markerfacecolor() for line in circles}
    assert places == {(0, 0): style.LIGHT[1], (0, 1): style.THEMES[False].page}


@pytest.mark.parametrize("slope", [0.3, -1.5])
def test_kinks_are_found_for_parameters_that_are_not_the_defaults(slope):
    (found,) = plot(("leaky_relu", {"negative_slope": slope})).found["curves"]
    assert found["value"]["kinks"] == [0]
    assert found["derivative"]["jumps"] == [{"x": 0, "left": slope, "right": 1, "at": slope}]


def test_a_jump_is_found_wherever_it_lies():
    for place in (0.0, 1 / 3, -2.7182818284590451, 1e-9, 4.999):
        (jump,) = curves.jumps(lambda x, place=place: np.where(x > place, 2.0, -1.0), -5, 5)
        assert abs(jump.x - place) <= 1e-12 and (jump.left, jump.right) == (-1, 2)


def test_steep_smooth_functions_do_not_jump():
    assert curves.jumps(lambda x: np.tanh(1e4 * x), -5, 5) == []
    assert curves.jumps(lambda x: 1e12 * x * x, -5, 5) == []


def test_derivatives_are_those_of_an_oracle():
    figure = plot("gelu", show=["derivative", "second"])
    first, second = lines(figure.axes[0])
    for line, order in ((first, 1), (second, 2)):
        for x, y in list(zip(line.get_xdata(), line.get_ydata(), strict=True))[::197]:
            exact = mpmath.diff(lambda t: t * mpmath.ncdf(t), x, order)
            assert y == pytest.approx(float(exact), rel=1e-9, abs=1e-12)


def test_curves_of_one_panel_differ_in_more_than_colour():
    styles = [style.look(i, style.THEMES[dark]) for dark in (False, True) for i in range(style.MOST_CURVES)]
    looks = {(str(look["linestyle"]), look.get("marker")) for look in styles}
    assert len(looks) == style.MOST_CURVES


def test_neighbouring_colours_stand_out_from_the_page():
    def brightness(colour):  # WCAG 2.1, relative luminance
        c = [
            v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4
            for v in matplotlib.colors.to_rgb(colour)
        ]
        return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]

    for theme in style.THEMES.values():
        for colour in theme.cycle:
            high, low = sorted((brightness(colour), brightness(theme.page)), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 2, colour


def test_a_fan_is_a_curve_for_each_number_and_panels_are_one_for_each_name():
    fan = plot("elu:alpha=0.5,1,2")
    assert [len(lines(axes)) for axes in fan.axes] == [3, 3]
    assert [curve["parameters"]["alpha"] for curve in fan.found["curves"]] == [0.5, 1, 2]
    assert len(plot("relu", "gelu", "tanh", panels=True).axes) == 3
    assert len(plot("relu", "elu:alpha=1,2", panels=True).axes) == 4


def test_kinks_beyond_the_usual_interval_are_in_view():
    assert plot("relu6").found["interval"] == [-5, 8]
    assert plot("clipped_relu:ceiling=20").found["interval"] == [-5, 22]


def test_the_histogram_counts_the_numbers_and_the_flat_ones():
    data = np.array([[-3.0, -2.0, 1.0, 2.0], [np.nan, np.inf, 30.0, 4.0]])
    found = plot("relu", data=data, interval=(-5, 5)).found["data"]
    assert (found["numbers"], found["not_finite"], found["outside"]) == (6, 2, 1)
    assert found["flat"] == {"relu": 2 / 6} and found["flat_below"] == FLAT_BELOW
    assert (found["mean"], found["deviation"]) == (
        pytest.approx(32 / 6),
        pytest.approx(np.std([-3, -2, 1, 2, 30, 4])),
    )


@pytest.mark.parametrize("interval", [None, (-8, 8)], ids=["float line", "interval"])
def test_errors_are_within_the_proven_bound_and_not_none(interval):
    found = plot("tanh", "relu", error=True, interval=interval).found["errors"]
    bounds = {name: rheobase.info(name)["bounds"]["float32"] for name in ("tanh", "relu")}
    assert len(found) == 4
    for entry in found:
        # Half of the last bit of a float64 reference: 2^-29 ulp of float32.
        assert entry["largest_ulp"] <= bounds[entry["name"]][entry["role"]] + 1e-8
        assert entry["reference"] in (errors.EXACT, errors.FLOAT64) and entry["points"] > 30_000
    assert max(entry["largest_ulp"] for entry in found if entry["name"] == "tanh") > 0.4


def test_errors_against_float64_are_those_against_exact_results(monkeypatch):
    if errors.reference() != errors.EXACT:
        pytest.skip("rheobase-exact is not installed")
    from rheobase._specification import Chosen

    exact = errors.errors(Chosen("elu", {"alpha": 0.7}), "value", None)
    monkeypatch.setattr(errors, "program", lambda name: None)
    near = errors.errors(Chosen("elu", {"alpha": 0.7}), "value", None)
    assert near.reference == errors.FLOAT64
    assert np.abs(exact.worst - near.worst).max() < 1e-6


def test_ranks_count_the_floats():
    x = errors.from_ranks(np.array([0, 1, -1, 0x3F800000, -0x7F7FFFFF]))
    assert x.tolist() == [0, 2**-149, -(2**-149), 1, -float(np.finfo(np.float32).max)]


def test_the_result_is_a_figure_that_notebooks_show_and_pyplot_does_not_keep():
    figure = rheobase.plot("tanh", size=(320, 240), dark=True, title="a title")
    assert isinstance(figure, Figure) and figure._repr_png_().startswith(b"\x89PNG")
    assert tuple(figure.get_size_inches() * 96) == (320, 240)
    import matplotlib.pyplot

    assert matplotlib.pyplot.get_fignums() == []


@pytest.mark.parametrize("width", [320, 640, 1200])
def test_text_stays_inside_the_picture_and_apart(width):
    figure = plot("elu:alpha=0.5,1,2", error=True, data=[1.0, 2.0, 3.0], size=width)
    for axes in figure.axes:
        boxes = [label.get_window_extent() for label in axes.get_xticklabels() if label.get_text()]
        inside = [box for box in boxes if box.x0 >= 0 and box.x1 <= width + 1]
        for left, right in zip(inside, inside[1:], strict=False):
            assert left.x1 <= right.x0 + 1, axes.get_title(loc="left")
        assert axes.title.get_window_extent().x1 <= width
        assert axes._left_title.get_window_extent().x1 <= width + 1


BAD = {
    "no name": ((), {}, "names"),
    "no string": ((3,), {}, "names"),
    "an infinite interval": (("relu",), {"interval": (0, float("inf"))}, "interval"),
    "a reversed interval": (("relu",), {"interval": (1, -1)}, "interval"),
    "an interval of words": (("relu",), {"interval": "ab"}, "interval"),
    "one number as an interval": (("relu",), {"interval": 3}, "interval"),
    "an interval out of range": (("relu",), {"interval": (0, 1e31)}, "interval"),
    "empty data": (("relu",), {"data": []}, "empty"),
    "data of NaN": (("relu",), {"data": [float("nan")] * 3}, "finite"),
    "data of words": (("relu",), {"data": ["a"]}, "data"),
    "ragged data": (("relu",), {"data": [[1], [1, 2]]}, "data"),
    "an unknown role": (("relu",), {"show": ["values"]}, "show"),
    "a role as a string": (("relu",), {"show": "value"}, "show"),
    "no role": (("relu",), {"show": []}, "show"),
    "a column of an array": (("relu",), {"data": [1.0], "column": "a"}, "column"),
    "a size of text": (("relu",), {"size": "big"}, "size"),
    "too many curves": (("elu:alpha=" + ",".join(map(str, range(1, 30))),), {}, "29 curves"),
    "a parameter that is text": ((("elu", {"alpha": "x"}),), {}, "numbers"),
    "panels that have no room": (("elu:alpha=1,2", "relu", "tanh"), {"panels": True, "size": 200}, "size"),
}


@pytest.mark.parametrize("names, options, mentioned", BAD.values(), ids=BAD.keys())
def test_bad_arguments_are_named(names, options, mentioned):
    with pytest.raises((ValueError, TypeError), match=mentioned):
        plot(*names, **options)


def test_a_function_that_is_smooth_has_no_kinks_however_far_one_looks():
    (found,) = plot("gelu", interval=(-1e30, 1e30)).found["curves"]
    assert found["value"]["kinks"] == [] and found["derivative"]["jumps"] == []
    (found,) = plot("relu", interval=(-1e30, 1e30)).found["curves"]
    assert found["value"]["kinks"] == [0]
