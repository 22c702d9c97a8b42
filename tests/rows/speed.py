# SPDX-License-Identifier: Apache-2.0
"""Row functions beside PyTorch's, one thread, contiguous rows and the columns of a matrix.

    python tests/rows/speed.py build/release/src/librheobase.so

Each contender's best of several repetitions, taken in turns, in 10^9 elements a second; and the largest
error in ulp of the value, against long double, whose own error is 0.001 ulp of float64 (but for distances
above 100, which normal data does not have).
"""

import argparse
import ctypes
import time
from functools import partial

import numpy as np
import torch

VALUE, BACKWARD = 1, 3
FORMATS = {torch.float32: 1, torch.float64: 2, torch.bfloat16: 3, torch.float16: 4}


class Call(ctypes.Structure):
    """rheo_rows_call."""

    _fields_ = (
        [(name, ctypes.c_uint32) for name in ("struct_size", "role", "format", "flags")]
        + [(name, ctypes.c_int32) for name in ("rank", "axis", "threads", "unused")]
        + [("scale", ctypes.c_double)]
        + [
            (name, ctypes.c_void_p)
            for name in ("shape", "x_strides", "mask_strides", "grad_strides", "result_strides", "y_strides")
        ]
        + [(name, ctypes.c_void_p) for name in ("x", "mask", "grad", "result", "y", "executor")]
    )


class Library:
    def __init__(self, path: str):
        self.library = ctypes.CDLL(path)
        self.library.rheo_last_error.restype = ctypes.c_char_p

    def bound(self, name: str, role: int, axis: int, y, **operands):
        """A function of no arguments that runs the call."""
        function = ctypes.c_void_p()
        self.check(self.library.rheo_rows_find(name.encode(), ctypes.byref(function)))
        call = Call(struct_size=ctypes.sizeof(Call), role=role, rank=2, axis=axis, threads=1)
        call.format = FORMATS[y.dtype]
        shape = (ctypes.c_int64 * 2)(*y.shape)
        call.shape, call.y = ctypes.addressof(shape), y.data_ptr()
        for operand, tensor in operands.items():
            setattr(call, operand, tensor.data_ptr())
        keep = (shape, y, operands)

        def run(keep=keep):
            self.check(self.library.rheo_rows_run(function, ctypes.byref(call)))

        return run

    def check(self, status: int) -> None:
        if status != 0:
            raise ValueError(self.library.rheo_last_error().decode())


def seconds(contenders, repetitions: int) -> list[float]:
    best = [float("inf")] * len(contenders)
    inner = 8
    for _ in range(repetitions):
        for i, run in enumerate(contenders):
            begin = time.perf_counter()
            for _ in range(inner):
                run()
            best[i] = min(best[i], (time.perf_counter() - begin) / inner)
    return best


def exact(name: str, x: np.ndarray, axis: int) -> np.ndarray:
    t = x.astype(np.longdouble)
    t -= t.max(axis, keepdims=True)
    e = np.exp(t)
    total = e.sum(axis, keepdims=True)
    return t - np.log(total) if name == "log_softmax" else e / total


def ulps(y: torch.Tensor, truth: np.ndarray) -> float:
    limits = torch.finfo(y.dtype)
    exponent = np.maximum(np.frexp(np.abs(truth))[1] - 1, int(np.log2(limits.smallest_normal)))
    unit = np.ldexp(np.longdouble(limits.eps), exponent)
    return float(np.max(np.abs(y.double().numpy() - truth) / unit))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", help="librheobase.so")
    parser.add_argument("--elements", type=int, default=65536, help="of a tensor; %(default)s")
    parser.add_argument("--repetitions", type=int, default=40)
    parser.add_argument(
        "--formats", nargs="+", default=[str(f)[6:] for f in FORMATS], help="default: %(default)s"
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    library = Library(options.library)
    theirs = {
        "softmax": (torch._softmax, torch._softmax_backward_data),
        "log_softmax": (torch._log_softmax, torch._log_softmax_backward_data),
    }
    head = f"{'function':12} {'role':9} {'format':8} {'row':>6} {'axis':>4}"
    print(f"{head} {'ours':>7} {'torch':>7} {'ratio':>6}   ulp: ours, torch")
    for dtype in (getattr(torch, name) for name in options.formats):
        for length, axis in ((64, 1), (1024, 1), (32768, 1), (64, 0), (1024, 0)):
            rows = max(1, options.elements // length)
            shape = (rows, length) if axis == 1 else (length, rows)
            x, grad = (n * torch.randn(shape, dtype=torch.float64).to(dtype) for n in (3, 1))
            for name, (value, backward) in theirs.items():
                y, own = torch.empty_like(x), torch.empty_like(x)
                pairs = {
                    "value": (
                        library.bound(name, VALUE, axis, own, x=x),
                        partial(value, x, axis, False, out=y),
                    ),
                    "backward": (
                        library.bound(name, BACKWARD, axis, torch.empty_like(x), result=own, grad=grad),
                        partial(backward, grad, own, axis, x.dtype),
                    ),
                }
                for role, contenders in pairs.items():
                    ours, other = seconds(contenders, options.repetitions)
                    text = f"{name:12} {role:9} {str(dtype)[6:]:8} {length:6} {axis:4}"
                    speeds = [x.numel() / s / 1e9 for s in (ours, other)]
                    text += f" {speeds[0]:7.2f} {speeds[1]:7.2f} {speeds[0] / speeds[1]:6.2f}"
                    if role == "value":
                        truth = exact(name, x.double().numpy(), axis)
                        text += f"   {ulps(own, truth):.3f}, {ulps(y, truth):.3f}"
                    print(text, flush=True)


if __name__ == "__main__":
    main()
