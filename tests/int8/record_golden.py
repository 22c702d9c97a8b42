#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes golden.json: tables of 256 codes as the frameworks themselves make them.

The packages are large, so the tests compare with this record; where they are installed,
int8_frameworks_test.py compares the record with them.

    python -m venv /tmp/frameworks
    /tmp/frameworks/bin/pip install onnx==1.23.2 onnxruntime==1.32.0 ai-edge-litert==2.3.0 mpmath==1.3.0
    /tmp/frameworks/bin/pip install torch==2.13.0
    /tmp/frameworks/bin/python tests/int8/record_golden.py
"""

import json
from pathlib import Path

from int8_cases import cases
from int8_frameworks import LiteRt, Onnx, Torch

GOLDEN = Path(__file__).with_name("golden.json")


def record(framework) -> dict:
    tables = [
        {
            "name": case.name,
            "parameters": dict(case.parameters),
            "type": case.type,
            "in": [case.in_scale, case.in_zero],
            "out": [case.out_scale, case.out_zero],
            "table": framework.table(case).hex(),
        }
        for name in framework.functions
        for case in cases(framework.convention, name)
    ]
    return {"version": framework.version, "tables": tables}


def main():
    recorded = {made.convention: record(made) for made in (LiteRt(), Onnx(), Torch())}
    lines = []
    for convention, content in recorded.items():
        tables = ",\n".join("  " + json.dumps(table) for table in content["tables"])
        lines.append(
            f' "{convention}": {{"version": {json.dumps(content["version"])}, "tables": [\n{tables}\n ]}}'
        )
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
