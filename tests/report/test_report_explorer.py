# SPDX-License-Identifier: Apache-2.0
"""The explorer inside the report: it starts there, follows the page, and computes with our kernels."""

import chromium
import pytest
from report_page import write

import rheobase
from rheobase import explorer
from rheobase.explorer import digest

MODULE = explorer.module_path()
pytestmark = [
    pytest.mark.skipif(MODULE is None, reason="no WebAssembly module: scripts/build-explorer makes it"),
    pytest.mark.skipif(chromium.PROGRAM is None, reason="chromium is not installed"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "page.html"
    write(path, "--explorer", str(MODULE))
    return path


@pytest.mark.parametrize("width", [360, 1280])
def test_a_functions_button_starts_it_with_that_function_and_the_native_bits(page, width):
    script = """
        const byId = (id) => document.getElementById(id), frame = byId('explorer-frame');
        byId('start-explorer').click();
        await until(() => document.body.dataset.explorer);
        const inner = frame.contentDocument, view = frame.contentWindow, root = document.documentElement;
        const names = view.explorer.kernels.names(), name = names[names.length - 1];
        document.querySelector(`.explore[data-name="${name}"]`).click();
        await until(() => inner.getElementById('name').value === name);
        byId('theme').value = 'dark';
        byId('theme').dispatchEvent(new Event('change'));
        await until(() => frame.clientHeight >= inner.documentElement.scrollHeight);
        return {
          name, names,
          digests: view.eval('selfTest(window.explorer.kernels)').split('\\n'),
          curves: inner.querySelectorAll('#picture path').length,
          rows: inner.querySelectorAll('#bits tr').length,
          dark: view.getComputedStyle(inner.body).backgroundColor,
          over: [root.scrollWidth - innerWidth, inner.documentElement.scrollWidth - frame.clientWidth],
          message: inner.getElementById('message').textContent,
        };"""
    with chromium.browser() as opened:
        opened.open(page, width=width)
        found = opened.run(script)
        assert not opened.console
    names = found["names"]
    assert found["name"] in rheobase.names()
    assert found["digests"] == digest.lines(names)
    assert found["curves"] == 2
    assert found["rows"] == 12
    assert found["dark"] == "rgb(20, 23, 27)"
    assert max(found["over"]) <= 0
    assert found["message"] == ""
