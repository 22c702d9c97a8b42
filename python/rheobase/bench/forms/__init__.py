# SPDX-License-Identifier: Apache-2.0
"""Forms in the bench: gates, fused calls, rows, random numbers, sums, masks and int8.

A further form is a further module in FORMS, which offers ``names()``, of what has the form, and
``cases(names, dtypes, sizes, threads)``, a list of `case.Case`."""

from rheobase.bench.forms import fused, gate, int8, mask, random, rows, sums

FORMS = {
    "gate": gate,
    "fused": fused,
    "rows": rows,
    "random": random,
    "sums": sums,
    "mask": mask,
    "int8": int8,
}
