# SPDX-License-Identifier: Apache-2.0
"""NumPy for forms: sums, rows in the usual formula, random numbers, bytes through a table."""

import numpy as np

from rheobase.bench.contender import Contender, Prepared, Unsupported
from rheobase.bench.forms.case import Arrays, Case

NAME = "NumPy"


def contenders(case: Case, threads: int) -> list[Contender]:
    form = _FORMS.get(case.form)
    if form is None:
        raise Unsupported("no usual formula of this form")
    if case.dtype in ("bfloat16", "float16"):
        raise Unsupported("no 16-bit arithmetic in vectors")
    note = "" if threads == 1 else "runs on one thread"
    return [Contender(NAME, form(case), np.__version__, note)]


def _rows(case: Case):
    logarithm, negated = case.name == "log_softmax", case.name == "softmin"
    if case.name not in ("softmax", "log_softmax", "softmin") or case.facts["backward"]:
        raise Unsupported("no usual formula")
    axis = case.facts["axis"]

    def prepare(arrays: Arrays) -> Prepared:
        extents = case.facts["extents"](arrays["y"].size)
        x, y = arrays["x"].reshape(extents), arrays["y"].reshape(extents)
        spare = np.zeros_like(y)

        def run():
            if negated:
                np.subtract(x.min(axis, keepdims=True), x, out=y)
            else:
                np.subtract(x, x.max(axis, keepdims=True), out=y)
            if logarithm:
                np.exp(y, out=spare)
                np.subtract(y, np.log(spare.sum(axis, keepdims=True)), out=y)
            else:
                np.exp(y, out=y)
                np.divide(y, y.sum(axis, keepdims=True), out=y)

        return Prepared(run, keep=arrays)

    return prepare


def _random(case: Case):
    generator = np.random.default_rng(1)
    makers = {"uniforms": generator.random, "normals": generator.standard_normal}
    if case.variant != "numbers" or case.name not in makers:
        raise Unsupported("no such function")
    return lambda arrays: Prepared(lambda: makers[case.name](out=arrays["y"]), keep=arrays)


def _sums(case: Case):
    channels, axis = case.facts["channels"], case.facts["axis"]

    def prepare(arrays: Arrays) -> Prepared:
        x, last = arrays["x"], {}
        grid = x.reshape(channels, -1) if axis <= 0 else x.reshape(-1, channels)

        def run():
            last["y"] = grid.sum(0 if axis == 1 else 1)

        def statistics():
            last["y"] = np.array([x.mean(), x.var()])

        call = statistics if case.facts["statistics"] else run
        return Prepared(call, lambda: {"y": last["y"]}, keep=arrays)

    return prepare


def _int8(case: Case):
    def prepare(arrays: Arrays) -> Prepared:
        table, x, y = case.facts["table"](), arrays["x"].view(np.uint8), arrays["y"].view(np.uint8)
        return Prepared(lambda: np.take(table, x, out=y), keep=arrays)

    return prepare


_FORMS = {"rows": _rows, "random": _random, "sums": _sums, "int8": _int8}
