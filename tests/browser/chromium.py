# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium for tests, driven over a pipe by its DevTools protocol.

Real time passes in it: WebAssembly is compiled on threads that Chromium's virtual time does not wait for.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SECONDS = 120


class Page:
    """One page in a browser. `console` has what it complained of: messages, exceptions, failed loads."""

    def __init__(self, read: int, write: int):
        self._read, self._write = read, write
        self._pending, self._number, self._session = b"", 0, None
        self.console: list[str] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def open(
        self, path: Path, fragment: str = "", width: int = 1280, height: int = 900, dark: bool = False
    ) -> None:
        """Opens a file in a window of exactly this size, in CSS pixels."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])
        self._call(
            "Page.navigate", url="about:blank"
        )  # an address that differs by its fragment alone is no load
        self._call("Page.navigate", url=path.as_uri() + fragment)
        self.run("await until(() => document.readyState === 'complete');")

    def run(self, script: str):
        """What the body of an async function returns, as JSON can tell it; `until(f)` waits for f()."""
        until = "const until = async (f) => { while (!f()) await new Promise((go) => setTimeout(go, 20)); };"
        found = self._call(
            "Runtime.evaluate", expression=f"(async () => {{ {until} {script} }})()", awaitPromise=True,
            returnByValue=True,
        )  # fmt: skip
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def picture(self, path: Path) -> None:
        """The whole page as PNG."""
        found = self._call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))

    def _call(self, method: str, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._send(message)
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self._note(answer)

    def _send(self, message: dict) -> None:
        content = json.dumps(message).encode() + b"\0"
        while content:
            content = content[os.write(self._write, content) :]

    def _receive(self) -> dict:
        end = time.monotonic() + SECONDS
        while b"\0" not in self._pending:
            ready, _, _ = select.select([self._read], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError(f"chromium did not answer in {SECONDS} s")
            chunk = os.read(self._read, 1 << 20)
            if not chunk:
                raise EOFError("chromium ended")
            self._pending += chunk
        message, _, self._pending = self._pending.partition(b"\0")
        return json.loads(message)

    def _note(self, event: dict) -> None:
        if event.get("method") in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.console.append(json.dumps(event["params"])[:2000])


@contextlib.contextmanager
def browser():
    """Starts a browser with one page, and ends it. It reads from its file 3 and writes to its file 4."""
    to_browser, from_browser = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory() as profile:
        process = subprocess.Popen(
            [
                "bash", "-c", f'exec "$@" 3<&{to_browser[0]} 4>&{from_browser[1]}', "bash", PROGRAM,
                "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                f"--user-data-dir={profile}",
                "--remote-debugging-pipe",
            ],
            pass_fds=(to_browser[0], from_browser[1]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_browser[0])
        os.close(from_browser[1])
        try:
            yield Page(from_browser[0], to_browser[1])
        finally:
            os.close(to_browser[1])  # which ends it
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(from_browser[0])
