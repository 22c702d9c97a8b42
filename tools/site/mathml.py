# SPDX-License-Identifier: Apache-2.0
"""Formulas as MathML, which browsers draw themselves: no script, no font, no network."""

from __future__ import annotations

import re

import latex2mathml.converter
from docutils import nodes

# A brace that grows with its lines needs a font for mathematics, which few systems have: site.css draws it.
BRACE = re.compile(r"<mo [^>]*>&#x0007B;</mo><mtable>")


def mathml(latex: str, display: str) -> str:
    """LaTeX as a <math> element."""
    text = latex2mathml.converter.convert(latex, display=display)
    text = re.sub(r"(?<=<mtext>)[^<]*", lambda match: match[0].replace(r"\_", "_"), text)
    return BRACE.sub('<mtable class="cases">', text)


def _inline(self, node):
    self.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def _block(self, node):
    self.body.append(f'<div class="formula">{mathml(node.astext(), "block")}</div>\n')
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
