# SPDX-License-Identifier: Apache-2.0
"""RHEOBASE_ONLY: names of any kind are resolved to their files; unknown ones are errors. Nothing is built."""

import re
import subprocess

import pytest
from conftest import ROOT


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
