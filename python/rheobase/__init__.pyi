# SPDX-License-Identifier: Apache-2.0
# What editors and type checkers read; written by tools/stubs.py from the registry. docs/numpy.md explains it.

from collections.abc import Mapping
from typing import Any, Literal, Protocol, TypedDict

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from typing_extensions import Unpack

from rheobase.analysis import analyze as analyze
from rheobase.choosing.choice import choose as choose
from rheobase.plotting.figure import plot as plot

__version__: str

_Kind = Literal["unary", "rows", "random"]

def info(name: str, kind: _Kind = "unary") -> dict[str, Any]: ...
def names(kind: _Kind = "unary") -> list[str]: ...
def target() -> str: ...
def gate(name: str) -> _Gate: ...

_Out = NDArray[Any] | None

class _Others(TypedDict, total=False):
    where: ArrayLike
    casting: Any
    order: Any
    dtype: DTypeLike | None
    subok: bool

class _RowOthers(TypedDict, total=False):
    axis: int
    casting: Any
    order: Any
    dtype: DTypeLike | None
    subok: bool

class _Function(Protocol):
    ufunc: np.ufunc
    varied: np.ufunc | None
    nin: int
    nout: int
    nargs: int
    types: list[str]
    def bind(self, **parameters: float) -> np.ufunc: ...
    def at(self, a: NDArray[Any], indices: Any, b: ArrayLike = ..., /) -> None: ...

class _GateBackward(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        a: ArrayLike,
        b: ArrayLike,
        /,
        out: tuple[_Out, _Out] = (None, None),
        *,
        limit: float = 0.0,
        offset: float = 0.0,
        where: ArrayLike = True,
        casting: Any = "same_kind",
        order: Any = "K",
        dtype: DTypeLike | None = None,
        subok: bool = True,
        **parameters: float,
    ) -> tuple[Any, Any]: ...

class _Gate(_Function, Protocol):
    backward: _GateBackward
    def __call__(
        self,
        a: ArrayLike,
        b: ArrayLike,
        /,
        out: _Out = None,
        *,
        limit: float = 0.0,
        offset: float = 0.0,
        where: ArrayLike = True,
        casting: Any = "same_kind",
        order: Any = "K",
        dtype: DTypeLike | None = None,
        subok: bool = True,
        **parameters: float,
    ) -> Any: ...

class _RowsBackward(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        scale: float = 1.0,
        mask: ArrayLike | None = None,
        **others: Unpack[_RowOthers],
    ) -> Any: ...

class _RowsFromResult(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        result: ArrayLike,
        /,
        out: _Out = None,
        *,
        scale: float = 1.0,
        **others: Unpack[_RowOthers],
    ) -> Any: ...

class _Rows(_Function, Protocol):
    backward: _RowsBackward
    backward_from_result: _RowsFromResult
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        scale: float = 1.0,
        mask: ArrayLike | None = None,
        **others: Unpack[_RowOthers],
    ) -> Any: ...

class _DerivativeCelu(_Function, Protocol):
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, alpha: ArrayLike = 1.0, **others: Unpack[_Others]
    ) -> Any: ...

class _BackwardCelu(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        alpha: ArrayLike = 1.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsCelu(_Function, Protocol):
    derivative: _DerivativeCelu
    backward: _BackwardCelu
    second: _DerivativeCelu
    derivative_by: Mapping[str, _DerivativeCelu]
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, alpha: ArrayLike = 1.0, **others: Unpack[_Others]
    ) -> Any: ...

class _DerivativeClippedRelu(_Function, Protocol):
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, ceiling: ArrayLike = 6.0, **others: Unpack[_Others]
    ) -> Any: ...

class _BackwardClippedRelu(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        ceiling: ArrayLike = 6.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsClippedRelu(_Function, Protocol):
    derivative: _DerivativeClippedRelu
    backward: _BackwardClippedRelu
    second: _DerivativeClippedRelu
    derivative_by: Mapping[str, _DerivativeClippedRelu]
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, ceiling: ArrayLike = 6.0, **others: Unpack[_Others]
    ) -> Any: ...

class _Derivative(_Function, Protocol):
    def __call__(self, x: ArrayLike, /, out: _Out = None, **others: Unpack[_Others]) -> Any: ...

class _Backward(_Function, Protocol):
    def __call__(
        self, grad: ArrayLike, x: ArrayLike, /, out: _Out = None, **others: Unpack[_Others]
    ) -> Any: ...

class _Elements(_Function, Protocol):
    derivative: _Derivative
    backward: _Backward
    second: _Derivative
    derivative_by: Mapping[str, _Derivative]
    def __call__(self, x: ArrayLike, /, out: _Out = None, **others: Unpack[_Others]) -> Any: ...

class _DerivativeHardshrink(_Function, Protocol):
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, lambd: ArrayLike = 0.5, **others: Unpack[_Others]
    ) -> Any: ...

class _BackwardHardshrink(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        lambd: ArrayLike = 0.5,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsHardshrink(_Function, Protocol):
    derivative: _DerivativeHardshrink
    backward: _BackwardHardshrink
    second: _DerivativeHardshrink
    derivative_by: Mapping[str, _DerivativeHardshrink]
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, lambd: ArrayLike = 0.5, **others: Unpack[_Others]
    ) -> Any: ...

class _DerivativeHardsigmoidKeras2(_Function, Protocol):
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        alpha: ArrayLike = 0.2,
        beta: ArrayLike = 0.5,
        **others: Unpack[_Others],
    ) -> Any: ...

class _BackwardHardsigmoidKeras2(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        alpha: ArrayLike = 0.2,
        beta: ArrayLike = 0.5,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsHardsigmoidKeras2(_Function, Protocol):
    derivative: _DerivativeHardsigmoidKeras2
    backward: _BackwardHardsigmoidKeras2
    second: _DerivativeHardsigmoidKeras2
    derivative_by: Mapping[str, _DerivativeHardsigmoidKeras2]
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        alpha: ArrayLike = 0.2,
        beta: ArrayLike = 0.5,
        **others: Unpack[_Others],
    ) -> Any: ...

class _DerivativeHardtanh(_Function, Protocol):
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        min_val: ArrayLike = -1.0,
        max_val: ArrayLike = 1.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _BackwardHardtanh(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        min_val: ArrayLike = -1.0,
        max_val: ArrayLike = 1.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsHardtanh(_Function, Protocol):
    derivative: _DerivativeHardtanh
    backward: _BackwardHardtanh
    second: _DerivativeHardtanh
    derivative_by: Mapping[str, _DerivativeHardtanh]
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        min_val: ArrayLike = -1.0,
        max_val: ArrayLike = 1.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _DerivativeLeakyRelu(_Function, Protocol):
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        negative_slope: ArrayLike = 0.01,
        **others: Unpack[_Others],
    ) -> Any: ...

class _BackwardLeakyRelu(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        negative_slope: ArrayLike = 0.01,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsLeakyRelu(_Function, Protocol):
    derivative: _DerivativeLeakyRelu
    backward: _BackwardLeakyRelu
    second: _DerivativeLeakyRelu
    derivative_by: Mapping[str, _DerivativeLeakyRelu]
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        negative_slope: ArrayLike = 0.01,
        **others: Unpack[_Others],
    ) -> Any: ...

class _DerivativeLeakyReluKeras(_Function, Protocol):
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, negative_slope: ArrayLike = 0.3, **others: Unpack[_Others]
    ) -> Any: ...

class _BackwardLeakyReluKeras(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        negative_slope: ArrayLike = 0.3,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsLeakyReluKeras(_Function, Protocol):
    derivative: _DerivativeLeakyReluKeras
    backward: _BackwardLeakyReluKeras
    second: _DerivativeLeakyReluKeras
    derivative_by: Mapping[str, _DerivativeLeakyReluKeras]
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, negative_slope: ArrayLike = 0.3, **others: Unpack[_Others]
    ) -> Any: ...

class _DerivativeLeakyReluTf(_Function, Protocol):
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, negative_slope: ArrayLike = 0.2, **others: Unpack[_Others]
    ) -> Any: ...

class _BackwardLeakyReluTf(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        negative_slope: ArrayLike = 0.2,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsLeakyReluTf(_Function, Protocol):
    derivative: _DerivativeLeakyReluTf
    backward: _BackwardLeakyReluTf
    second: _DerivativeLeakyReluTf
    derivative_by: Mapping[str, _DerivativeLeakyReluTf]
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, negative_slope: ArrayLike = 0.2, **others: Unpack[_Others]
    ) -> Any: ...

class _DerivativePrelu(_Function, Protocol):
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, alpha: ArrayLike = 0.25, **others: Unpack[_Others]
    ) -> Any: ...

class _BackwardPrelu(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        alpha: ArrayLike = 0.25,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsPrelu(_Function, Protocol):
    derivative: _DerivativePrelu
    backward: _BackwardPrelu
    second: _DerivativePrelu
    derivative_by: Mapping[str, _DerivativePrelu]
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, alpha: ArrayLike = 0.25, **others: Unpack[_Others]
    ) -> Any: ...

class _DerivativePreluFlax(_Function, Protocol):
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, alpha: ArrayLike = 0.01, **others: Unpack[_Others]
    ) -> Any: ...

class _BackwardPreluFlax(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        alpha: ArrayLike = 0.01,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsPreluFlax(_Function, Protocol):
    derivative: _DerivativePreluFlax
    backward: _BackwardPreluFlax
    second: _DerivativePreluFlax
    derivative_by: Mapping[str, _DerivativePreluFlax]
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, alpha: ArrayLike = 0.01, **others: Unpack[_Others]
    ) -> Any: ...

class _DerivativePreluKeras(_Function, Protocol):
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, alpha: ArrayLike = 0.0, **others: Unpack[_Others]
    ) -> Any: ...

class _BackwardPreluKeras(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        alpha: ArrayLike = 0.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsPreluKeras(_Function, Protocol):
    derivative: _DerivativePreluKeras
    backward: _BackwardPreluKeras
    second: _DerivativePreluKeras
    derivative_by: Mapping[str, _DerivativePreluKeras]
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, alpha: ArrayLike = 0.0, **others: Unpack[_Others]
    ) -> Any: ...

class _DerivativeRelu0To1(_Function, Protocol):
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, ceiling: ArrayLike = 1.0, **others: Unpack[_Others]
    ) -> Any: ...

class _BackwardRelu0To1(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        ceiling: ArrayLike = 1.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsRelu0To1(_Function, Protocol):
    derivative: _DerivativeRelu0To1
    backward: _BackwardRelu0To1
    second: _DerivativeRelu0To1
    derivative_by: Mapping[str, _DerivativeRelu0To1]
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, ceiling: ArrayLike = 1.0, **others: Unpack[_Others]
    ) -> Any: ...

class _DerivativeSilu(_Function, Protocol):
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, beta: ArrayLike = 1.0, **others: Unpack[_Others]
    ) -> Any: ...

class _BackwardSilu(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        beta: ArrayLike = 1.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsSilu(_Function, Protocol):
    derivative: _DerivativeSilu
    backward: _BackwardSilu
    second: _DerivativeSilu
    derivative_by: Mapping[str, _DerivativeSilu]
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, *, beta: ArrayLike = 1.0, **others: Unpack[_Others]
    ) -> Any: ...

class _DerivativeSoftplus(_Function, Protocol):
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        beta: ArrayLike = 1.0,
        threshold: ArrayLike = float("inf"),
        **others: Unpack[_Others],
    ) -> Any: ...

class _BackwardSoftplus(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        beta: ArrayLike = 1.0,
        threshold: ArrayLike = float("inf"),
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsSoftplus(_Function, Protocol):
    derivative: _DerivativeSoftplus
    backward: _BackwardSoftplus
    second: _DerivativeSoftplus
    derivative_by: Mapping[str, _DerivativeSoftplus]
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        beta: ArrayLike = 1.0,
        threshold: ArrayLike = float("inf"),
        **others: Unpack[_Others],
    ) -> Any: ...

class _DerivativeSoftplusTorch(_Function, Protocol):
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        beta: ArrayLike = 1.0,
        threshold: ArrayLike = 20.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _BackwardSoftplusTorch(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        beta: ArrayLike = 1.0,
        threshold: ArrayLike = 20.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsSoftplusTorch(_Function, Protocol):
    derivative: _DerivativeSoftplusTorch
    backward: _BackwardSoftplusTorch
    second: _DerivativeSoftplusTorch
    derivative_by: Mapping[str, _DerivativeSoftplusTorch]
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        beta: ArrayLike = 1.0,
        threshold: ArrayLike = 20.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _DerivativeThreshold(_Function, Protocol):
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        threshold: ArrayLike = 0.0,
        value: ArrayLike = 0.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _BackwardThreshold(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        threshold: ArrayLike = 0.0,
        value: ArrayLike = 0.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsThreshold(_Function, Protocol):
    derivative: _DerivativeThreshold
    backward: _BackwardThreshold
    second: _DerivativeThreshold
    derivative_by: Mapping[str, _DerivativeThreshold]
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        threshold: ArrayLike = 0.0,
        value: ArrayLike = 0.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _DerivativeThresholdedRelu(_Function, Protocol):
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        threshold: ArrayLike = 1.0,
        value: ArrayLike = 0.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _BackwardThresholdedRelu(_Function, Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        threshold: ArrayLike = 1.0,
        value: ArrayLike = 0.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _ElementsThresholdedRelu(_Function, Protocol):
    derivative: _DerivativeThresholdedRelu
    backward: _BackwardThresholdedRelu
    second: _DerivativeThresholdedRelu
    derivative_by: Mapping[str, _DerivativeThresholdedRelu]
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        threshold: ArrayLike = 1.0,
        value: ArrayLike = 0.0,
        **others: Unpack[_Others],
    ) -> Any: ...

class _DrawsAlphaDropout(Protocol):
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        p: float = 0.5,
        seed: int | None = None,
        offset: float = 0,
        training: bool = True,
        dtype: DTypeLike | None = None,
    ) -> Any: ...

class _DrawsBackwardAlphaDropout(Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        p: float = 0.5,
        seed: int | None = None,
        offset: float = 0,
        training: bool = True,
        dtype: DTypeLike | None = None,
    ) -> Any: ...

class _RandomAlphaDropout(Protocol):
    derivative: _DrawsAlphaDropout
    backward: _DrawsBackwardAlphaDropout
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        p: float = 0.5,
        seed: int | None = None,
        offset: float = 0,
        training: bool = True,
        dtype: DTypeLike | None = None,
    ) -> Any: ...

class _DrawsNoisyRelu(Protocol):
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        through_noise: float = 1.0,
        seed: int | None = None,
        offset: float = 0,
        training: bool = True,
        dtype: DTypeLike | None = None,
    ) -> Any: ...

class _DrawsBackwardNoisyRelu(Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        through_noise: float = 1.0,
        seed: int | None = None,
        offset: float = 0,
        training: bool = True,
        dtype: DTypeLike | None = None,
    ) -> Any: ...

class _RandomNoisyRelu(Protocol):
    derivative: _DrawsNoisyRelu
    backward: _DrawsBackwardNoisyRelu
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        through_noise: float = 1.0,
        seed: int | None = None,
        offset: float = 0,
        training: bool = True,
        dtype: DTypeLike | None = None,
    ) -> Any: ...

class _DrawsRrelu(Protocol):
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        lower: float = 0.125,
        upper: float = 0.3333333333333333,
        seed: int | None = None,
        offset: float = 0,
        training: bool = True,
        dtype: DTypeLike | None = None,
    ) -> Any: ...

class _DrawsBackwardRrelu(Protocol):
    def __call__(
        self,
        grad: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        lower: float = 0.125,
        upper: float = 0.3333333333333333,
        seed: int | None = None,
        offset: float = 0,
        training: bool = True,
        dtype: DTypeLike | None = None,
    ) -> Any: ...

class _RandomRrelu(Protocol):
    derivative: _DrawsRrelu
    backward: _DrawsBackwardRrelu
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out = None,
        *,
        lower: float = 0.125,
        upper: float = 0.3333333333333333,
        seed: int | None = None,
        offset: float = 0,
        training: bool = True,
        dtype: DTypeLike | None = None,
    ) -> Any: ...

celu: _ElementsCelu
"""CELU: Exponential linear unit whose derivative is continuous whatever alpha is.
``select(x > 0, x, alpha * expm1(x / alpha))``"""
clipped_relu: _ElementsClippedRelu
"""Clipped ReLU: Rectifier with a ceiling, used where activations are quantised.
``select(x > 0, select(x < ceiling, x, ceiling), 0)``"""
elu: _ElementsCelu
"""ELU: Exponential linear unit: a rectifier that saturates at -alpha and keeps means near zero.
``select(x > 0, x, alpha * expm1(x))``"""
gelu: _Elements
"""GELU: Gaussian error linear unit, exact: x times the probability that a standard normal is below x.
``0.5 * x * erfc(-0.7071067811... * x)``"""
gelu_sigmoid: _Elements
"""GELU, sigmoid form: The approximation x sigmoid(1.702 x), up to 0.0204 away from GELU.
``x * sigmoid(1.702 * x)``"""
gelu_tanh: _Elements
"""GELU, tanh form: The approximation x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, up to 4.8e-4 away
from GELU.
``x * sigmoid(1.5957691216... * (x + 0.044715 * x * x * x))``"""
hardshrink: _ElementsHardshrink
"""Hardshrink: Hard thresholding: what is small becomes 0, the rest stays.
``select(x > lambd, x, select(x < -lambd, x, select(x < 0, -0, 0)))``"""
hardsigmoid: _Elements
"""Hardsigmoid: Sigmoid from straight lines with slope 1/6 and offset 1/2, for small devices.
``select(x > -3, select(x < 3, (x + 3) / 6, 1), 0)``"""
hardsigmoid_keras2: _ElementsHardsigmoidKeras2
"""Hardsigmoid with a slope: Keras 2, TensorFlow 1 and Theano
``select(alpha * x + beta > 0, select(max(alpha * x, beta) - 1 + min(alpha * x, beta) < 0, alpha * x +
beta, 1), 0)``"""
hardsigmoid_onnx: _ElementsHardsigmoidKeras2
"""Hardsigmoid with a slope: Sigmoid from straight lines: min(max(alpha x + beta, 0), 1), with ONNX's
defaults.
``select(alpha * x + beta > 0, select(max(alpha * x, beta) - 1 + min(alpha * x, beta) < 0, alpha * x +
beta, 1), 0)``"""
hardswish: _Elements
"""Hardswish: Swish from straight lines and a parabola, for small devices.
``select(x > -3, select(x < 3, x * ((x + 3) / 6), x), 0)``"""
hardtanh: _ElementsHardtanh
"""Hardtanh: x between two bounds, constant beyond them.
``select(x > min_val, select(x < max_val, x, max_val), min_val)``"""
identity: _Elements
"""Identity: x itself: the output of a regression, and the baseline of every comparison.
``x``"""
leaky_relu: _ElementsLeakyRelu
"""Leaky ReLU: Rectifier that keeps a part of what is negative, so that no unit dies.
``select(x > 0, x, negative_slope * x)``"""
leaky_relu_keras: _ElementsLeakyReluKeras
"""Leaky ReLU: the slope of Keras's layer
``select(x > 0, x, negative_slope * x)``"""
leaky_relu_tf: _ElementsLeakyReluTf
"""Leaky ReLU: the slope of TensorFlow and of Keras's function
``select(x > 0, x, negative_slope * x)``"""
logsigmoid: _Elements
"""LogSigmoid: Logarithm of the logistic function: the log-likelihood of a binary output.
``-softplus(-x)``"""
mish: _Elements
"""Mish: Self-regularised and smooth, with one minimum: x times the tanh of its softplus.
``x * tanh(softplus(x))``"""
prelu: _ElementsPrelu
"""PReLU: Leaky ReLU whose negative slope is learned, one for all or one per channel.
``select(x > 0, x, alpha * x)``"""
prelu_flax: _ElementsPreluFlax
"""PReLU: the initial slope of Flax
``select(x > 0, x, alpha * x)``"""
prelu_keras: _ElementsPreluKeras
"""PReLU: the initial slope of Keras
``select(x > 0, x, alpha * x)``"""
relu: _Elements
"""ReLU: Rectified linear unit: passes what is positive. Its derivative at 0 is 0.
``select(x > 0, x, 0)``"""
relu6: _ElementsClippedRelu
"""Clipped ReLU: the ceiling of mobile networks
``select(x > 0, select(x < ceiling, x, ceiling), 0)``"""
relu_0_to_1: _ElementsRelu0To1
"""Clipped ReLU: TensorFlow Lite's operator
``select(x > 0, select(x < ceiling, x, ceiling), 0)``"""
relu_squared: _Elements
"""Squared ReLU: Rectifier whose positive side is a parabola: sparse, and its derivative is continuous.
``select(x > 0, x * x, 0)``"""
selu: _Elements
"""SELU: Scaled ELU, whose constants make (mean 0, variance 1) a stable fixed point of deep networks.
``1.0507009873... * select(x > 0, x, 1.6732632423... * expm1(x))``"""
selu_onnx: _Elements
"""SELU, ONNX's constants: SELU with the constants of ONNX's operator, which are rounded to float32.
``1.0507010221... * select(x > 0, x, 1.6732631921... * expm1(x))``"""
sigmoid: _Elements
"""Sigmoid: Logistic function: a probability from a log-odds.
``sigmoid(x)``"""
silu: _ElementsSilu
"""Swish: sigmoid linear unit
``x * sigmoid(beta * x)``"""
softplus: _ElementsSoftplus
"""Softplus: Smooth rectifier. Its formula needs no threshold; frameworks that have one switch to x there.
``select(beta * x > threshold, x, softplus(beta * x) / beta)``"""
softplus_torch: _ElementsSoftplusTorch
"""Softplus: with PyTorch's default threshold
``select(beta * x > threshold, x, softplus(beta * x) / beta)``"""
softshrink: _ElementsHardshrink
"""Softshrink: Soft thresholding: what is small becomes 0, the rest moves towards 0.
``select(x > lambd, x - lambd, select(x < -lambd, x + lambd, select(x < 0, -0, 0)))``"""
softsign: _Elements
"""Softsign: A sigmoid without an exponential: saturates slowly, as 1 - 1 / x.
``x / (1 + max(x, -x))``"""
swish: _ElementsSilu
"""Swish: x gated by its own sigmoid: smooth, with one minimum; beta moves it between x / 2 and ReLU.
``x * sigmoid(beta * x)``"""
tanh: _Elements
"""Tanh: Hyperbolic tangent: a sigmoid that is centred on zero.
``tanh(x)``"""
tanhshrink: _Elements
"""Tanhshrink: What tanh takes away from x: flat at 0, where it is x^3 / 3, linear far from it.
``x_minus_tanh(x)``"""
threshold: _ElementsThreshold
"""Threshold: Passes what is above a threshold and puts a value in place of the rest.
``select(x > threshold, x, value)``"""
thresholded_relu: _ElementsThresholdedRelu
"""Threshold: ONNX's ThresholdedRelu with its default alpha
``select(x > threshold, x, value)``"""
alpha_dropout: _RandomAlphaDropout
"""Alpha dropout: Dropout for networks of SELU: inputs of mean 0 and variance 1 keep both.
``a (u < p ? -scale alpha : x) + b, u uniform in [0, 1)``"""
noisy_relu: _RandomNoisyRelu
"""Noisy ReLU: Rectifier of its input and normal noise whose variance is the input's sigmoid; without noise
afterwards.
``max(0, x + sqrt(sigmoid(x)) z), z standard normal``"""
rrelu: _RandomRrelu
"""Randomised leaky ReLU: Leaky rectifier with a random slope per element in training, and the mean slope
afterwards.
``x > 0 ? x : a x, a uniform in [lower, upper)``"""
log_softmax: _Rows
"""LogSoftmax: The logarithm of softmax, exact where softmax is too small for its format: what a
cross-entropy loss takes.
``x_i - log(sum_j exp(x_j))``"""
softmax: _Rows
"""Softmax: Turns a row of scores into probabilities: attention weights, the last layer of a classifier.
``exp(x_i) / sum_j exp(x_j)``"""
softmin: _Rows
"""Softmin: Softmax of the negated row: the smallest score gets the largest share.
``exp(-x_i) / sum_j exp(-x_j)``"""
