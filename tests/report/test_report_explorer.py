# SPDX-License-Identifier: Apache-2.0
"""The explorer inside the report: it starts there, follows the page, and computes with our kernels."""

import json

import pytest
from report_page import CHROMIUM, run_in_browser, write

import rheobase
from rheobase import explorer
from rheobase.explorer import digest

MODULE = explorer.module_path()
pytestmark = [
    pytest.mark.skipif(MODULE is None, reason="no WebAssembly module: scripts/build-explorer makes it"),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "page.html"
    write(path, "--explorer", str(MODULE))
    return path


@pytest.mark.parametrize("width", [360, 1280])
def test_a_functions_button_starts_it_with_that_function_and_the_native_bits(page, width):
    script = """
        const frame = page.getElementById('explorer-frame');
        page.getElementById('start-explorer').click();
        await until(() => page.body.dataset.explorer);
        const names = frame.contentWindow.explorer.kernels.names(), name = names[names.length - 1];
        page.querySelector(`.explore[data-name="${name}"]`).click();
        await until(() => frame.contentDocument.getElementById('name').value === name);
        const theme = page.getElementById('theme');
        theme.value = 'dark';
        theme.dispatchEvent(new view.Event('change'));
        const inner = frame.contentDocument, root = inner.documentElement;
        return JSON.stringify({
          name, names,
          digests: frame.contentWindow.eval('selfTest(window.explorer.kernels)').split('\\n'),
          curve: inner.querySelectorAll('#picture path').length,
          rows: inner.querySelectorAll('#bits tr').length,
          dark: frame.contentWindow.getComputedStyle(inner.body).backgroundColor,
          over: page.documentElement.scrollWidth - view.innerWidth + root.scrollWidth - frame.clientWidth,
          message: inner.getElementById('message').textContent,
        });"""
    found = json.loads(run_in_browser(page, script, width))
    names = found["names"]
    assert found["name"] in rheobase.names()
    assert found["digests"] == digest.lines(names)
    assert found["curve"] == 2
    assert found["rows"] == 12
    assert found["dark"] == "rgb(20, 23, 27)"
    assert found["over"] <= 0
    assert found["message"] == ""
