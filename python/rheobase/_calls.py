# SPDX-License-Identifier: Apache-2.0
"""The descriptors of include/rheobase/*.h in ctypes, and calls that are bound once and made often."""

import ctypes
import functools
from collections.abc import Callable, Mapping, Sequence

from rheobase import _core

VALUE, DERIVATIVE, BACKWARD = 1, 2, 3  # rheo_role
TERMS, STATISTICS = 1, 2  # rheo_sums_kind
FORMATS = _core._FORMATS
DEFAULTS: Mapping[str, float] = {}
WORD, SIZE, POINTER = ctypes.c_uint64, ctypes.c_size_t, ctypes.c_void_p
_TYPES = {"u": ctypes.c_uint32, "i": ctypes.c_int32, "l": ctypes.c_int64, "q": ctypes.c_uint64}
_TYPES |= {
    "d": ctypes.c_double,
    "f": ctypes.c_float,
    "z": ctypes.c_size_t,
    "p": ctypes.c_void_p,
    "s": ctypes.c_char_p,
}


def structure(name: str, *fields: str, **nested: type) -> type:
    """Fields as "type name name ..."; types are those of _TYPES, or of `nested`."""
    pairs = []
    for text in fields:
        kind, *words = text.split()
        pairs += [(word, nested.get(kind) or _TYPES[kind]) for word in words]
    return type(name, (ctypes.Structure,), {"_fields_": pairs})


Call = structure(
    "rheo_call", "u struct_size role format flags", "p parameters", "z parameter_count", "i rank threads",
    "p shape x_strides grad_strides y_strides x grad y executor", "s with_respect_to",
)  # fmt: skip
Gate = structure(
    "rheo_gate", "u struct_size role format layout flags", "i threads rank", "u reserved",
    "p shape parameters", "z parameter_count", "d limit offset",
    "p a_strides b_strides grad_strides y_strides da_strides db_strides a b grad y da db executor",
)  # fmt: skip
Term = structure("rheo_term", "u kind", "i axis", "u format reserved", "d number", "p data strides")
Stage = structure("rheo_stage", "p activation parameters", "z parameter_count")
Fused = structure(
    "rheo_fused", "u struct_size format flags", "i threads rank", "u stage_count",
    "p stages shape x_strides y_strides scale bias x y executor",
)  # fmt: skip
Rows = structure(
    "rheo_rows_call", "u struct_size role format flags", "i rank axis threads unused", "d scale",
    "p shape x_strides mask_strides grad_strides result_strides y_strides x mask grad result y executor",
)  # fmt: skip
Random = structure(
    "rheo_random_call", "u struct_size role format training", "p parameters", "z parameter_count",
    "i rank threads", "p shape x_strides grad_strides y_strides x grad y executor", "q seed offset first",
)  # fmt: skip
SumsForm = structure("rheo_sums_form", "u kind format", "l channels")
Sums = structure(
    "rheo_sums_call", "u struct_size", "i threads", "F form", "i rank axis",
    "p shape x_strides grad_strides x grad activation parameters", "z parameter_count",
    "s with_respect_to", "p workspace", "z words", "p executor", F=SumsForm,
)  # fmt: skip
Statistics = structure(
    "rheo_statistics", "l count nan infinite minus_infinite zeros negatives",
    "d minimum maximum sum sum_of_squares mean variance sample_variance",
)  # fmt: skip
Quantization = structure(
    "rheo_quantization", "u struct_size codes convention flags", "f in_scale", "i in_zero", "f out_scale",
    "i out_zero", "p parameters", "z parameter_count",
)  # fmt: skip


def shape(*extents: int) -> ctypes.Array:
    return (ctypes.c_int64 * len(extents))(*extents)


def filled(kind: type, /, **fields):
    """A descriptor; arrays of ctypes and of NumPy stand for their address, and live as long as it does."""
    call, keep = kind(), []
    if hasattr(kind, "struct_size"):
        call.struct_size = ctypes.sizeof(kind)
    for name, value in fields.items():
        if hasattr(value, "ctypes"):
            keep.append(value)
            value = value.ctypes.data
        elif isinstance(value, (ctypes.Array, ctypes.Structure)) and not isinstance(value, SumsForm):
            keep.append(value)
            value = ctypes.addressof(value)
        setattr(call, name, value)
    call.keep = keep
    return call


@functools.cache
def typed(function: str, *arguments: type) -> Callable[..., int]:
    """A function of the C ABI, told the types of its arguments: integers then pass as pointers."""
    run = getattr(_core._library, function)
    run.argtypes = arguments
    return run


def bound(function: str, *arguments) -> Callable[[], object]:
    """The call of a function of the C ABI, checked once. Structures go by address, integers as pointers."""
    run = getattr(_core._library, function)
    run.restype = ctypes.c_int
    given = [ctypes.byref(a) if isinstance(a, ctypes.Structure) else a for a in arguments]
    _core._check(run(*given))
    return lambda: run(*given)


def found(function: str, name: str) -> ctypes.c_void_p:
    """A handle by name. Raises ValueError."""
    handle = ctypes.c_void_p()
    _core._check(getattr(_core._library, function)(name.encode(), ctypes.byref(handle)))
    return handle


def activation_call(
    name: str, role: int, dtype: str, threads: int, x, y, grad=None, settings: Mapping[str, float] = DEFAULTS
) -> Callable[[], object]:
    """rheo_run on contiguous arrays; parameters that are not set have their defaults. Raises ValueError."""
    call = filled(
        Call, role=role, format=FORMATS[dtype], rank=1, threads=threads, shape=shape(y.size), x=x, y=y,
        parameters=_core.given_parameters(settings), parameter_count=len(settings),
        **({} if grad is None else {"grad": grad}),
    )  # fmt: skip
    return bound("rheo_run", found("rheo_find", name), call)


def chosen(known: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Those of the known names that are wanted; all when none is."""
    return [name for name in known if not wanted or name in wanted]
