# SPDX-License-Identifier: Apache-2.0
"""RHEOBASE_ONLY: names of any kind are resolved to their files; unknown ones are errors. Nothing is built."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from installation import ROOT, run


@pytest.fixture(scope="module")
def configure(settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("subset")
    given = [
        f"-D{key}={settings[key]}"
        for key in ("FETCHCONTENT_SOURCE_DIR_HIGHWAY", "CMAKE_CXX_COMPILER", "CMAKE_C_COMPILER", "hwy_DIR")
        if settings.get(key)
    ]

    def call(*options: str) -> tuple[subprocess.CompletedProcess, set[str]]:
        command = ["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DRHEOBASE_TESTS=OFF", *given]
        done = subprocess.run([*command, "-DRHEOBASE_PROGRAM=OFF", *options], capture_output=True, text=True)
        rules = folder / "build.ninja"
        kernels = re.findall(r"generated/kernel_(\w+)\.cc\.o:", rules.read_text()) if rules.is_file() else []
        return done, set(kernels)

    call.folder = folder
    return call


def test_activations_presets_and_aliases_are_found_in_their_files(configure):
    done, kernels = configure("-DRHEOBASE_ONLY=silu;gelu_tanh;logistic;softmax")
    assert done.returncode == 0, done.stderr
    assert kernels == {"swish", "gelu", "sigmoid"}


@pytest.mark.parametrize(
    ("only", "words"),
    [
        (
            "gleu",
            "RHEOBASE_ONLY names 'gleu', and no file of activations/ declares that name; the nearest is",
        ),
        ("relu;softpluss", "the nearest is 'softplus'"),
        ("softmax", "RHEOBASE_ONLY is 'softmax'; expected at least one function of one number"),
    ],
)
def test_what_no_file_declares_is_an_error_with_the_nearest_name(configure, only, words):
    done, _ = configure(f"-DRHEOBASE_ONLY={only}")
    assert done.returncode != 0
    assert words in re.sub(r"\s+", " ", done.stderr)


def test_options_that_contradict_each_other_are_an_error(configure):
    done, _ = configure("-DRHEOBASE_ONLY=relu", "-DRHEOBASE_SHARED=OFF")
    assert done.returncode != 0
    assert "RHEOBASE_SHARED and RHEOBASE_STATIC are both off" in re.sub(r"\s+", " ", done.stderr)


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="names of x86-64")
@pytest.mark.parametrize(
    ("march", "target"), [("x86-64-v2", "HWY_SSE4"), ("x86-64-v3", "HWY_AVX2"), ("x86-64-v4", "HWY_AVX3")]
)
def test_one_instruction_set_is_the_best_that_its_name_has(configure, tmp_path, march, target):
    """Asked of Highway with the options that a kernel is compiled with."""
    options = (f"-DRHEOBASE_MARCH={march}", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
    done, _ = configure("-DRHEOBASE_ONLY=relu", "-DRHEOBASE_SHARED=ON", *options)
    assert done.returncode == 0, done.stderr
    commands = json.loads((configure.folder / "compile_commands.json").read_text())
    command = next(entry["command"] for entry in commands if Path(entry["file"]).stem.startswith("kernel_"))
    flags = [word for word in shlex.split(command) if word.startswith(("-D", "-I", "-m", "-std"))]
    source = tmp_path / "target.cc"
    source.write_text(f"#include <hwy/detect_targets.h>\nstatic_assert(HWY_STATIC_TARGET == {target});\n")
    run(shlex.split(command)[0], *flags, "-fsyntax-only", source)
