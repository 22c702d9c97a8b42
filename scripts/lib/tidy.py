# SPDX-License-Identifier: Apache-2.0
"""tidy.py BUILD FOLDER...: clang-tidy over the folders' sources, skipping what was clean and has not changed.

A file counts as unchanged when the tool, its configuration, the compile command, the file and every header of
this repository that it includes (as the compiler reported them to ninja) are as they were when it was clean.
"""

import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIDY = Path(sys.executable).parent / "clang-tidy"
# The build uses GCC: flags that clang does not know must not count as findings.
FLAGS = ["-Wno-unknown-warning-option", "-Wno-ignored-optimization-argument"]


def headers_by_object(build):
    """Own headers that each object was compiled from, as ninja recorded them: {object: [path, ...]}."""
    command = ["ninja", "-C", build, "-t", "deps"]
    dump = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found, current = {}, []
    for line in dump.splitlines():
        if line and not line.startswith((" ", "ninja:")):
            current = found.setdefault(line.split(": #deps", 1)[0], [])
        elif line.strip():
            path = (build / line.strip()).resolve()
            if path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / ".venv"):
                current.append(path)
    return found


def fingerprint(entry, headers, common):
    """Hash of everything that clang-tidy's answer depends on, the system's headers aside."""
    digest = hashlib.sha256(common)
    digest.update(entry["command"].encode())
    for path in sorted({Path(entry["file"]), *headers}):
        digest.update(f"\n{path.relative_to(ROOT)}\n".encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def tidy(build, entry):
    """Findings for one file, one string each."""
    command = [TIDY, "--quiet", *(f"--extra-arg={flag}" for flag in FLAGS), "-p", build, entry["file"]]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode == 0:
        return []
    # Each starts with a line "/path/file.cc:41:13: error: ..."; a note belongs to the finding above it.
    start = re.compile(r"^(?=.+?:\d+:\d+: (?:error|warning): )", re.MULTILINE)
    return start.split(run.stdout)[1:] or [run.stderr]


def main(build, folders):
    build = (ROOT / build).resolve()
    clean = build.parent / "tidy"
    clean.mkdir(parents=True, exist_ok=True)
    common = (ROOT / ".clang-tidy").read_bytes()
    common += subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    wanted = tuple(f"{ROOT / folder}{os.sep}" for folder in folders)
    entries = json.loads((build / "compile_commands.json").read_text())
    entries = list({e["file"]: e for e in entries if e["file"].startswith(wanted)}.values())
    if not entries:
        sys.exit(f"no file of {', '.join(folders)} in {build}/compile_commands.json")

    headers = headers_by_object(build)
    keys = {e["file"]: fingerprint(e, headers.get(e.get("output", ""), []), common) for e in entries}
    todo = [e for e in entries if not (clean / keys[e["file"]]).exists()]
    seen = set()  # a finding in a header comes back from every file that includes it
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for entry, findings in zip(todo, pool.map(lambda e: tidy(build, e), todo), strict=True):
            if not findings:
                (clean / keys[entry["file"]]).touch()
            for text in findings:
                if text not in seen:
                    print(text.replace(f"{ROOT}/", "").strip())
                seen.add(text)
    for stale in set(clean.iterdir()) - {clean / key for key in keys.values()}:
        stale.unlink()
    if seen:
        sys.exit(f"{len(seen)} findings in {len(entries)} files")
    print(f"{len(entries)} files, {len(todo)} looked at")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
