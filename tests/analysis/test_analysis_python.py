# SPDX-License-Identifier: Apache-2.0
"""`rheobase.analyze`: named activations, callables, what it shows, and bad input."""

import json
import math
import subprocess
import sys
from html.parser import HTMLParser

import pytest

import rheobase


@pytest.fixture(scope="module")
def selu():
    return rheobase.analyze("selu")


def test_fields_are_attributes_and_a_dictionary(selu):
    assert selu.self_normalising.zero_one is True
    assert selu.self_normalising.fixed_points[0].variance == pytest.approx(1, abs=1e-9)
    assert selu.range.high.value == math.inf
    fields = selu.as_dict()
    assert fields["range"]["high"]["value"] == "inf"
    assert json.loads(json.dumps(fields, allow_nan=False)) == fields
    assert set(fields) < set(dir(selu))
    fields["name"] = "another"
    assert selu.name == "selu"
    with pytest.raises(AttributeError, match="no field 'rnage'; there are: name,"):
        selu.rnage  # noqa: B018


def test_aliases_and_parameters_are_resolved():
    assert rheobase.analyze("gelu_erf").name == "gelu"
    a = rheobase.analyze("elu", alpha=2)
    assert (a.parameters.alpha, a.range.low.value, a.kinks) == (2, -2, [0])


def test_options_reach_the_analysis():
    a = rheobase.analyze("relu", interval=(-1, 3), normal=(1, 2), sigma_w=math.sqrt(2))
    assert a.options.interval == [-1, 3]
    assert a.shares.interval.vanishing == 0.25
    assert a.sparsity == pytest.approx(0.5 * math.erfc(0.5 / math.sqrt(2)), rel=1e-12)
    assert a.mean_field.every_q
    assert rheobase.analyze("relu", sigma_b=1).mean_field.fixed_points[0].q == pytest.approx(2, rel=1e-10)


def test_the_text_is_short_and_names_what_was_found(selu):
    text = repr(selu)
    assert text.splitlines()[0] == "selu"
    assert "mean 0, variance 1" in text and "C0" in text
    assert max(map(len, text.splitlines())) < 140


def test_the_notebook_shows_a_well_formed_table(selu):
    class Tags(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open, self.rows = [], 0

        def handle_starttag(self, tag, attributes):
            self.open.append(tag)
            self.rows += tag == "tr"

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    parser = Tags()
    parser.feed(selu._repr_html_())
    assert parser.open == [] and parser.rows > 10
    nasty = type("N", (), {"__call__": lambda self, x: x, "__name__": "<b>&"})()
    assert "<b>&" not in rheobase.analyze(nasty)._repr_html_().replace("<caption><b>", "")


@pytest.mark.parametrize("name", ["gelu", "relu", "selu", "softsign"])
def test_a_callable_looks_like_the_activation_that_it_is(name):
    formulas = {
        "gelu": lambda x: 0.5 * x * math.erfc(-x / math.sqrt(2)),
        "relu": lambda x: max(x, 0.0),
        "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x)),
        "softsign": lambda x: x / (1 + abs(x)),
    }
    own, named = rheobase.analyze(formulas[name]), rheobase.analyze(name)
    assert own.kinks == named.kinks and own.smoothness == named.smoothness
    assert own.monotone.kind == named.monotone.kind and own.convexity.kind == named.convexity.kind
    assert own.symmetry == named.symmetry and own.saturation.sides == named.saturation.sides
    for ends in ("low", "high"):
        assert getattr(own.range, ends).value == pytest.approx(getattr(named.range, ends).value, rel=1e-9)
    # Differences of fourth order are good to some 1e-10.
    assert own.lipschitz.value.constant == pytest.approx(named.lipschitz.value.constant, rel=1e-8)
    assert own.moments.variance == pytest.approx(named.moments.variance, rel=1e-9)
    assert own.shares.normal.vanishing == pytest.approx(named.shares.normal.vanishing, abs=1e-7)
    critical = (each.edge_of_chaos.at_sigma_b[0].sigma_w for each in (own, named))
    assert next(critical) == pytest.approx(next(critical), rel=1e-4)


def test_a_derivative_of_the_callers_own_is_used():
    a = rheobase.analyze(math.tanh, derivative=lambda x: 1 - math.tanh(x) ** 2)
    assert a.lipschitz.value.constant == 1
    assert a.method.derivative.startswith("the caller's")


def test_a_formula_that_overflows_is_looked_at_as_far_as_it_goes():
    a = rheobase.analyze(lambda x: 1 / (1 + math.exp(-x)))
    assert -710 < a.method.looked[0] < -500
    assert "raised OverflowError" in a.method.notes[0] and "f(-7" in a.method.notes[0]
    assert a.limits.left.value == 0 and a.saturation.sides == "both"


def test_numpys_and_torchs_callables_are_taken():
    numpy, torch = pytest.importorskip("numpy"), pytest.importorskip("torch")
    assert rheobase.analyze(numpy.tanh).symmetry == "odd"
    relu = rheobase.analyze(torch.nn.ReLU())
    assert (relu.name, relu.kinks, relu.sparsity) == ("ReLU", [0], 0.5)
    leaky = rheobase.analyze(lambda x: torch.nn.functional.leaky_relu(torch.tensor(x), 0.1).item())  # float32
    assert "float32" in leaky.method.derivative
    assert leaky.kinks == [0] and leaky.limits.left.derivative == pytest.approx(0.1, rel=1e-5)


def refuses(error, message, *arguments, **options):
    with pytest.raises(error) as caught:
        rheobase.analyze(*arguments, **options)
    assert message in str(caught.value) and "\n" not in str(caught.value)
    return caught.value


def test_callables_that_raise_or_have_no_number_give_one_clear_error():
    error = refuses(ValueError, "f(0.0) raised ZeroDivisionError: float division by zero", lambda x: 1 / x)
    assert isinstance(error.__cause__, ZeroDivisionError)
    refuses(ValueError, "f(0.0) raised ValueError: math domain error", lambda x: math.log(x))
    refuses(ValueError, "f(0) is nan; a finite number is needed everywhere in [-16, 16]", lambda x: math.nan)
    refuses(ValueError, "raised TypeError: float() argument must be", lambda x: None)
    refuses(ValueError, "raised ValueError: a b", lambda x: (_ for _ in ()).throw(ValueError("a\nb")))

    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rheobase.analyze(interrupted)


def test_bad_arguments_are_named():
    refuses(ValueError, "did you mean 'gelu'?", "gelo")
    refuses(TypeError, "name must be a str, not int", 3)
    refuses(ValueError, "relu has no parameter 'alpha'", "relu", alpha=1)
    refuses(ValueError, "alpha is nan", "elu", alpha=math.nan)
    refuses(TypeError, "alpha must be a number, not str", "elu", alpha="1")
    refuses(ValueError, "interval is 1,1; expected two finite numbers", "relu", interval=(1, 1))
    refuses(ValueError, "interval is nan,1", "relu", interval=(math.nan, 1))
    refuses(TypeError, "interval must be two numbers, got 3", "relu", interval=3)
    refuses(
        ValueError,
        "normal is 0,0; expected a finite standard deviation greater than 0",
        "relu",
        normal=(0, 0),
    )
    refuses(ValueError, "sigma_w is -1; expected a finite number greater than 0", "relu", sigma_w=-1)
    refuses(ValueError, "sigma_b is -1; expected a finite number, 0 or greater", "relu", sigma_b=-1)
    refuses(TypeError, "a callable has no parameter 'alpha'", math.tanh, alpha=1)
    refuses(TypeError, "derivative is for callables", "relu", derivative=math.tanh)


def test_importing_rheobase_does_not_load_the_analysis():
    code = (
        "import sys, rheobase; assert not {'rheobase.analysis', 'html'} & set(sys.modules); rheobase.analyze"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
