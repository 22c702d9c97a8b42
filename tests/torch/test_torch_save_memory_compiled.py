# SPDX-License-Identifier: Apache-2.0
"""save_memory and parameters that change, under torch.compile: bits, what is kept, and how many graphs."""

import pytest
import torch
from torch._guards import CompileContext
from torch_cases import ACTIVATIONS, BOUND, function

import rheobase.torch
from rheobase.torch import _saving, _traced, nn
from rheobase.torch._forms import FORMS
from rheobase.torch._gates import GATES, gates
from rheobase.torch._ops import OPERATORS
from rheobase.torch.functional import gated

DTYPES = [torch.float32, torch.float64, torch.bfloat16, torch.float16]
KINDS = ["masks", "outputs"]
# Both differentiate ahead of time; the second partitions the graph as inductor does.
BACKENDS = ["aot_eager", "aot_eager_decomp_partition"]
SHAPE = (40, 16)


def saving(kind):
    return (
        rheobase.torch.save_memory(outputs=kind == "outputs") if kind else rheobase.torch.save_memory(False)
    )


def points(dtype=torch.float32, shape=SHAPE, seed=5):
    x = 3 * torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    return x.to(dtype).requires_grad_()


def watched(call):
    """What call() returns, and the tensors that autograd keeps."""
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
        return call(), kept


def size(tensors):
    return sum({t.data_ptr(): t.numel() * t.element_size() for t in tensors}.values())


def compiled(call, backend="aot_eager", **options):
    """The call compiled, and a set of what has been compiled; one that torch starts over counts once."""
    torch._dynamo.reset()
    inner, graphs = torch._dynamo.lookup_backend(backend), set()

    def watching(graph, inputs):
        graphs.add(CompileContext.current_compile_id())
        return inner(graph, inputs)

    return torch.compile(call, backend=watching, fullgraph=True, **options), graphs


def agree(call, fast, x, *arguments, kind="masks"):
    """Values and gradients of the compiled call are those of eager mode, bit by bit."""
    with saving(kind):
        expected, found = call(x, *arguments), fast(x, *arguments)
    weight = points(x.dtype, x.shape, 7).detach()
    assert torch.equal(found, expected)
    both = [torch.autograd.grad(y, x, weight)[0] for y in (found, expected)]
    assert torch.equal(*both)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_compiled_code_keeps_what_eager_mode_keeps_and_has_its_bits(dtype, kind, backend):
    """All activations in one graph, each of an x that is made within, so that inputs are no substitute."""
    inputs = [points(dtype, seed=i) for i in range(len(ACTIVATIONS))]

    def step(inputs):
        return [function(name)(x * 2) for name, x in zip(ACTIVATIONS, inputs, strict=True)]

    fast, graphs = compiled(step, backend)
    with saving(kind):
        ys, kept = watched(lambda: fast(inputs))
        expected, kept_by_eager = watched(lambda: step(inputs))
    with saving(""):
        _, usual = watched(lambda: step(inputs))
    assert len(graphs) == 1 and all(map(torch.equal, ys, expected))
    weights = [points(dtype, seed=99).detach() for _ in ys]
    found, wanted = (torch.autograd.grad(results, inputs, weights) for results in (ys, expected))
    assert all(map(torch.equal, found, wanted))
    assert size(kept) == size(kept_by_eager) < size(usual)
    bits = [t for t in kept if t.dtype == torch.uint8]
    masked = [n for n in ACTIVATIONS if _saving.saver(FORMS[n].callee.operators.name, (), inputs[0], "masks")]
    assert len(bits) == len(masked) > 5 and size(bits) == len(masked) * inputs[0].numel() // 8


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_output_that_the_next_layer_keeps_costs_nothing(backend):
    name = next(
        n for n in ACTIVATIONS if type(_saving.saver(n, (), points(), "outputs")).__name__ == "Output"
    )
    weight = torch.randn(16, 16, requires_grad=True)
    fast, _ = compiled(lambda x: function(name)(x * 2) @ weight, backend)
    x, sizes = points(), {}
    for kind in ("", "outputs"):
        with saving(kind):
            sizes[kind] = size(t for t in watched(lambda: fast(x))[1] if t.numel() == x.numel())
    nbytes = x.numel() * x.element_size()
    assert sizes == {"": 2 * nbytes, "outputs": nbytes}


@pytest.mark.parametrize("kind", KINDS)
def test_one_graph_serves_all_shapes(kind):
    names = [n for n in ACTIVATIONS if _saving.saver(n, (), points(), kind)]

    def step(x):
        return sum(function(name)(x) for name in names)

    fast, graphs = compiled(step, dynamic=True)
    for shape in ((4, 6), (5, 7), (3, 11), (40, 16)):
        agree(step, fast, points(shape=shape), kind=kind)
    assert len(graphs) == 1


def with_parameter(kind):
    """Functions of one parameter, under its name, that keep something of the kind."""
    return [
        (name, next(iter(form.arguments)))
        for name, form in FORMS.items()
        if len(form.arguments) == 1
        and not form.ignores_arguments
        and (not kind or _saving.saver(form.callee.operators.name, (), points(), kind))
    ]


@pytest.mark.parametrize("dynamic", [None, True])
@pytest.mark.parametrize("kind", ["", *KINDS])
def test_another_value_of_a_parameter_needs_no_other_graph(kind, dynamic):
    """Where numbers are constants at first, as they are by default, the second value makes the only other."""
    for name, parameter in with_parameter(kind):
        f = function(name)
        call = lambda x, value, f=f, p=parameter: f(x, **{p: value})  # noqa: E731
        fast, graphs = compiled(call, dynamic=dynamic)
        for value in (0.5, 0.625, 1.5, 0.3, 2.0):
            agree(call, fast, points(), value, kind=kind)
        assert len(graphs) == (1 if dynamic else 2), name


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_module_s_attribute_may_change_in_all_dtypes(dtype):
    form = next(f for f in BOUND if f.function in dict(with_parameter("masks")))
    module = getattr(nn, form.module)()
    fast, graphs = compiled(module)
    for value in (0.25, 0.3, 0.1, 0.7):
        setattr(module, next(iter(form.arguments)), value)
        agree(module, fast, points(dtype))
        with saving("masks"):
            kept = watched(lambda: fast(points(dtype)))[1]
        assert max(t.numel() for t in kept) == points().numel() // 8
    assert len(graphs) == 2


def test_a_value_that_outputs_do_not_tell_of_makes_another_graph():
    name, parameter = next(  # one whose output tells for positive values and not for negative ones
        (name, p)
        for name, p in with_parameter("outputs")
        if FORMS[name].callee.free[0][1].domain in ("finite", "nonzero")
        and not _saving.saver(FORMS[name].callee.operators.name, (-0.5,), points(), "outputs")
    )
    call = lambda x, value: function(name)(x, **{parameter: value})  # noqa: E731
    fast, _ = compiled(call)
    for value in (0.5, 0.75, -0.5, -0.75, 0.25, 2.0**-30, 0.0):
        agree(call, fast, points(), value, kind="outputs")


def test_a_constant_infinity_leaves_the_other_parameters_free():
    name, parameters = next(
        (n, operators.parameters)
        for n, operators in OPERATORS.items()
        if any(p.optional for p in operators.parameters) and _saving.saver(n, (), points(), "outputs")
    )

    def call(x, value):
        return function(name)(x * 2, *(p.default if p.optional else value for p in parameters))

    fast, graphs = compiled(call)
    for value in (1.0, 2.0, 0.5, 0.7):
        agree(call, fast, points(), value, kind="outputs")
    assert len(graphs) == 2


def test_values_out_of_the_domain_are_still_refused():
    name = next(
        name
        for name, _ in with_parameter("masks")
        if OPERATORS[FORMS[name].callee.operators.name].parameters[0].domain == "nonnegative"
    )
    fast, _ = compiled(lambda x, value: function(name)(x, value))
    for value in (0.5, 0.75):
        fast(points(), value)
    with pytest.raises(Exception, match="must be a finite number of at least 0 in torch.float32, got -0.5"):
        fast(points(), -0.5)


def test_a_change_of_save_memory_compiles_anew_and_back_again_does_not():
    name = next(n for n in ACTIVATIONS if _saving.saver(n, (), points(), "masks"))
    fast, graphs = compiled(function(name))
    for kind in ("", "masks", "", "masks"):
        agree(function(name), fast, points(), kind=kind)
    assert len(graphs) == 2


def test_save_memory_may_stand_within_what_is_compiled():
    name = next(n for n in ACTIVATIONS if _saving.saver(n, (), points(), "masks"))

    def step(x):
        with rheobase.torch.save_memory():
            return function(name)(x * 2)

    fast, _ = compiled(step)
    _, kept = watched(lambda: fast(points()))
    assert [t.dtype for t in kept] == [torch.uint8] and not _saving.saving()


@pytest.mark.parametrize("kind", KINDS)
def test_transforms_within_compiled_code_are_as_without(kind):
    name, parameter = with_parameter(kind)[0]

    def slopes(x, value):
        return torch.func.vmap(torch.func.grad(lambda x: function(name)(x, **{parameter: value})))(x)

    fast, _ = compiled(slopes)
    x = points().detach().flatten()
    for value in (0.5, 0.625, 1.5):
        with saving(kind):
            assert torch.equal(fast(x, value), slopes(x, value))


def test_without_a_gradient_and_in_inference_mode_nothing_is_kept():
    name = next(n for n in ACTIVATIONS if _saving.saver(n, (), points(), "masks"))
    expected = function(name)(points()).detach()
    with saving("masks"):
        for mode in (torch.no_grad, torch.inference_mode):
            fast, _ = compiled(function(name))
            with mode():
                y, kept = watched(lambda fast=fast: fast(points().detach()))
                assert torch.equal(y, expected) and not kept


@pytest.mark.parametrize("packed", [False, True])
def test_gates_keep_their_factors_alone_and_numbers_may_change(packed):
    name = next(n for n in ACTIVATIONS if len(OPERATORS[n].parameters) == 1)
    parameter = OPERATORS[name].parameters[0].name

    def call(x, limit, offset, value):
        a, b = (x * 2, None) if packed else (x * 2, x * 3)
        return gated(name, a, b, limit=limit, offset=offset, **{parameter: value})

    fast, graphs = compiled(call, "aot_eager_decomp_partition")
    for numbers in ((7.0, 1.0, 0.5), (6.0, 0.5, 0.75), (5.5, -1.0, 1.5), (6.5, 2.0, 0.3)):
        x = points()
        y, kept = watched(lambda x=x, numbers=numbers: fast(x, *numbers))
        expected = call(x, *numbers)
        assert torch.equal(y, expected)
        grads = [torch.autograd.grad(y, x, torch.ones_like(y))[0] for y in (y, expected)]
        assert torch.equal(*grads)
        # x alone would be enough, as a and b are made from it.
        assert size(t for t in kept if t.dim() == 2) <= 2 * x.numel() * x.element_size()
    assert len(graphs) == 2


def test_gates_with_numbers_in_a_tensor_pass_opcheck_and_have_second_derivatives():
    name = next(n for n in ACTIVATIONS if len(OPERATORS[n].parameters) == 1)
    gate, a, b = gates("_with")[name], points(), points(seed=6)
    numbers = torch.tensor([0.0, 0.5, 0.75], dtype=torch.float64)
    assert torch.equal(gate.value(a, b, 1, numbers), GATES[name].value(a, b, 1, *numbers.tolist()))
    tests = ("test_schema", "test_faketensor", "test_aot_dispatch_static", "test_aot_dispatch_dynamic")
    torch.library.opcheck(gate.value, (a, b, 1, numbers), test_utils=tests)
    small = [points(torch.float64, (2, 3), seed) for seed in (1, 2)]
    assert torch.autograd.gradgradcheck(lambda a, b: gate.value(a, b, 1, numbers), small)


def test_what_is_recorded_is_one_operator_that_comes_apart():
    name = next(n for n in ACTIVATIONS if _saving.saver(n, (), points(), "masks"))
    parameters = [p.default for p in OPERATORS[name].parameters]
    x = points()
    for kind in ("", *KINDS):
        assert torch.equal(torch.ops.rheobase.traced(x, name, kind, parameters), function(name)(x))
    symbols = _traced.symbolic([0.5, 1])
    assert not symbols and torch.equal(_traced.as_tensor([0.5, 1]), torch.tensor([0.5, 1]).double())


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_inductor_keeps_as_little(kind):
    name, parameter = with_parameter(kind)[0]
    call = lambda x, value: function(name)(x * 2, **{parameter: value})  # noqa: E731
    # What lies in its cache on disk may be another version's.
    with torch._inductor.config.patch(force_disable_caches=True):
        fast, graphs = compiled(call, "inductor")
        for value in (0.5, 0.625, 1.5):
            agree(call, fast, points(), value, kind=kind)
        assert len(graphs) == 2
        with saving(kind):
            y, kept = watched(lambda: fast(points(), 0.7))
    large = [t for t in kept if t.numel() > 1]
    assert len(large) == 1
    assert large[0].dtype == torch.uint8 if kind == "masks" else large[0].data_ptr() == y.data_ptr()
