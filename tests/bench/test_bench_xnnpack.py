# SPDX-License-Identifier: Apache-2.0
"""--xnnpack: what is built where, with a CMake that only pretends; and what the peer offers."""

import copy

import pytest

import rheobase
from rheobase.bench import __main__ as program
from rheobase.bench import places, xnnpack_build
from rheobase.bench.contender import Unsupported

LIBRARY = f"lib{xnnpack_build.TARGET}.so"
CMAKE = f"""#!/bin/sh
echo "$@"
case $1 in --build) echo compiled >"$2/{LIBRARY}" ;; *) [ ! -e build/xnnpack/CMakeCache.txt ] ;; esac
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """An empty source tree of rheobase, the current folder, beside one of XNNPACK."""
    root = tmp_path / "rheobase"
    for folder in ("rheobase/bench/peers", "rheobase/activations", "XNNPACK/include", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "XNNPACK/include/xnnpack.h").touch()
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.setenv("RHEOBASE_BENCH_LIBRARIES", str(tmp_path / "libraries"))
    return root


def cmake(tree, script):
    (tree.parent / "bin/cmake").write_text(script)
    (tree.parent / "bin/cmake").chmod(0o755)


def test_the_peer_is_built_apart_from_rheobase_and_put_where_it_is_looked_for(tree):
    cmake(tree, CMAKE)
    assert not xnnpack_build.built()
    xnnpack_build.build(tree.parent / "XNNPACK")
    assert xnnpack_build.built()
    assert [file.name for file in places.native_folder().iterdir()] == [LIBRARY]
    configured, compiled = (tree / "build/xnnpack.log").read_text().splitlines()
    assert f"-S {tree}/bench/xnnpack -B {tree}/build/xnnpack" in configured
    assert f"-DRHEOBASE_XNNPACK_DIR={tree.parent}/XNNPACK" in configured
    assert compiled == f"--build {tree}/build/xnnpack --target {xnnpack_build.TARGET}"
    assert [folder.name for folder in (tree / "build").iterdir() if folder.is_dir()] == ["xnnpack"]


def test_what_a_former_configuration_found_is_forgotten(tree):
    cmake(tree, CMAKE)
    (tree / "build/xnnpack").mkdir(parents=True)
    (tree / "build/xnnpack/CMakeCache.txt").write_text("CPUINFO_SOURCE_DIR=/gone")
    xnnpack_build.build(tree.parent / "XNNPACK")
    assert xnnpack_build.built()


def test_a_build_that_fails_is_one_line_that_names_its_log(tree, monkeypatch, capsys):
    monkeypatch.setattr(program, "_limit_threads", lambda threads: None)
    cmake(tree, "#!/bin/sh\nexit 1\n")
    assert program.main(["relu", "--xnnpack", "../XNNPACK"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and f"see {tree}/build/xnnpack.log" in error
    assert not xnnpack_build.built()


@pytest.mark.parametrize("wrong", [("gleu",), ("relu", "--peers", "XNNPAK")], ids=" ".join)
def test_a_wrong_request_is_refused_before_anything_is_built(tree, monkeypatch, wrong):
    monkeypatch.setattr(program, "_limit_threads", lambda threads: None)
    cmake(tree, CMAKE)
    assert program.main([*wrong, "--xnnpack", "../XNNPACK"]) == 2
    assert not (tree / "build").exists()


def test_celu_is_offered_where_it_is_elu(monkeypatch):
    peer, info = places.peers()["xnnpack"], copy.deepcopy(rheobase.info("celu"))
    monkeypatch.setattr(peer._native, "contender", lambda library, name, *operator: operator)
    assert peer.contenders(info, "value", "float32", 1)[0][:3] == ("elu", 1, 0)
    info["parameters"][0]["default"] = 2.0
    with pytest.raises(Unsupported):
        peer.contenders(info, "value", "float32", 1)
