# SPDX-License-Identifier: Apache-2.0
"""`rheobase plot` as a user meets it: files, data of all kinds, one line for bad input."""

import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from rheobase.plotting import __main__ as command
from rheobase.plotting.data import from_file

BAD = {
    "an unknown name": (["rellu"], "'relu'"),
    "a row function": (["softmax"], "function of rows"),
    "a random function": (["rrelu"], "random numbers"),
    "an unknown parameter": (["elu:beta=1"], "elu has alpha"),
    "a parameter where there are none": (["gelu:alpha=1"], "no parameters"),
    "a parameter that is no number": (["elu:alpha=x"], "'x'"),
    "a parameter that is NaN": (["elu:alpha=nan"], "NaN"),
    "a parameter out of range": (["celu:alpha=0"], "alpha"),
    "parameters that contradict each other": (["hardtanh:min_val=2"], "min_val"),
    "a colon and nothing": (["elu:"], "after the colon"),
    "a number without its parameter": (["elu:1"], "PARAMETER=NUMBER"),
    "a parameter given twice": (["elu:alpha=1,alpha=2"], "twice"),
    "an empty interval": (["relu", "--interval", "1", "1"], "--interval"),
    "an interval of NaN": (["relu", "--interval", "nan", "1"], "--interval"),
    "an infinite interval": (["relu", "--interval", "-inf", "1"], "--interval"),
    "a tiny size": (["relu", "--size", "20"], "--size"),
    "a size of words": (["relu", "--size", "wide"], "'wide'"),
    "a height that is too small": (["relu", "gelu", "--error", "--size", "300x160"], "--size"),
    "no scale": (["relu", "--scale", "0"], "--scale"),
    "a scale that is too large": (["relu", "--scale", "1000"], "--scale"),
    "a data file that is not there": (["relu", "--data", "none.npy"], "none.npy"),
    "data of an unknown kind": (["relu", "--data", "data.parquet"], ".npz"),
    "a column without data": (["relu", "--column", "a"], "--column"),
    "errors of nothing": (["relu", "--error", "--second"], "--error"),
    "an abbreviated flag": (["relu", "--dat", "x"], "--dat"),
}


@pytest.mark.parametrize("arguments, mentioned", BAD.values(), ids=BAD.keys())
def test_bad_input_gives_one_line_code_2_and_no_file(arguments, mentioned, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = command.main([*arguments, "-o", "picture.png"])
    output = capsys.readouterr()
    assert (code, output.out) == (2, "")
    assert output.err.startswith("rheobase plot: ") and output.err.count("\n") == 1
    assert mentioned in output.err
    assert list(tmp_path.iterdir()) == []


OUTPUTS = {"unknown ending": "x.gif", "no ending": "x", "no folder": "none/x.png", "a folder": "taken.png"}


@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS.keys())
def test_a_file_that_cannot_be_written_is_refused(output, tmp_path, capsys):
    (tmp_path / "taken.png").mkdir()
    assert command.main(["relu", "-o", str(tmp_path / output)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"rheobase plot: -o {tmp_path / output}: ") and said.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["taken.png"]


def test_the_ending_says_what_is_written(tmp_path):
    starts = {"a.png": b"\x89PNG", "a.svg": b"<?xml", "a.pdf": b"%PDF", "b.PNG": b"\x89PNG"}
    for name, start in starts.items():
        assert command.main(["relu", "gelu", "-o", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_bytes().startswith(start)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(starts)


def test_the_same_command_writes_the_same_bytes(tmp_path):
    for ending in ("png", "svg", "pdf"):
        for name in ("a", "b"):
            assert command.main(["silu", "-o", str(tmp_path / f"{name}.{ending}")]) == 0
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_text_of_an_svg_is_text(tmp_path):
    command.main(["elu:alpha=0.5", "relu", "-o", str(tmp_path / "a.svg")])
    text = (tmp_path / "a.svg").read_text()
    assert "elu, alpha = 0.5" in text and "f′(x)" in text


def test_a_fan_names_its_function_once_and_a_title_stands_above(tmp_path):
    command.main(["elu:alpha=0.5,2", "-o", str(tmp_path / "a.svg"), "--title", "Mine"])
    text = (tmp_path / "a.svg").read_text()
    assert "Mine: elu" in text and ">alpha = 0.5<" in text and "elu, alpha" not in text


def test_size_and_scale_are_the_pixels_of_a_png(tmp_path):
    command.main(["relu", "-o", str(tmp_path / "a.png"), "--size", "320x200", "--scale", "1.5"])
    assert Image.open(tmp_path / "a.png").size == (480, 300)


def test_a_grey_picture_still_shows_each_curve(tmp_path):
    command.main(["relu", "tanh", "-o", str(tmp_path / "a.png"), "--size", "320", "--scale", "1", "--value"])
    grey = np.asarray(Image.open(tmp_path / "a.png").convert("L"))
    # On the right of the panel, off its axes: tanh near 1 below relu's line, both dark on white.
    height, width = grey.shape
    dark = grey[height // 5 : 4 * height // 5, 11 * width // 20 : 17 * width // 20] < 160
    assert (np.diff(dark.astype(int), axis=0) == 1).sum(axis=0).max() == 2


def test_json_says_what_is_in_the_picture(tmp_path, capsys):
    assert command.main(["thresholded_relu", "-o", str(tmp_path / "a.png"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["file"].endswith("a.png")
    assert found["curves"][0]["value"]["jumps"] == [
        {"x": 1.0, "left": pytest.approx(0), "right": pytest.approx(1), "at": 0.0}
    ]


def test_infinities_are_texts_in_json(tmp_path, capsys):
    assert command.main(["softplus:threshold=inf", "-o", str(tmp_path / "a.png"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert found["curves"][0]["parameters"] == {"threshold": "inf"}


def test_help_has_examples_that_work(tmp_path, capsys, monkeypatch):
    with pytest.raises(SystemExit) as left:
        command.main(["--help"])
    assert left.value.code == 0
    monkeypatch.chdir(tmp_path)
    np.savez("inputs.npz", layer3=np.arange(-5.0, 5.0), other=np.zeros(3))
    examples = [
        line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  rheobase plot")
    ]
    assert len(examples) >= 5
    for example in examples:
        assert command.main(example[2:]) == 0, example


def numbers(path, column=None):
    return from_file(path, column).numbers.tolist()


def test_data_are_read_from_all_kinds_of_files(tmp_path):
    np.save(tmp_path / "a.npy", np.float16([[1, 2], [3, np.nan]]))
    np.savez(tmp_path / "a.npz", x=np.int8([1, 2]), y=np.ones(3))
    (tmp_path / "named.csv").write_text("\ufefffirst,second\n1,2\n3,\n-5e-1,6\n")
    (tmp_path / "plain.csv").write_text("1;2\n3;4\n")
    (tmp_path / "one.csv").write_text("value\n1\n2\n")
    (tmp_path / "a.txt").write_text("# a comment\n1 2\t3\n\n4 # five\n")
    assert numbers(tmp_path / "a.npy") == [1, 2, 3]
    assert numbers(tmp_path / "a.npz", "x") == [1, 2]
    assert numbers(tmp_path / "named.csv", "first") == [1, 3, -0.5]
    assert numbers(tmp_path / "named.csv", "2") == [2, 6]
    assert numbers(tmp_path / "plain.csv", "2") == [2, 4]
    assert numbers(tmp_path / "one.csv") == [1, 2]
    assert numbers(tmp_path / "a.txt") == [1, 2, 3, 4]


BAD_FILES = {
    "empty.npy": (b"", "empty"),
    "broken.npy": (b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran", "broken.npy"),
    "broken.npz": (b"PK\x03\x04 no more", "broken.npz"),
    "empty.csv": (b"", "empty"),
    "names.csv": (b"a\n", "empty"),
    "two.csv": (b"a,b\n1,2\n", "2 columns; choose one: a, b"),
    "words.csv": (b"a\n1\nx\n", "line 3: expected a number, not 'x'"),
    "empty.txt": (b"\n# nothing\n", "empty"),
    "words.txt": (b"1 2\n3 four\n", "line 2: expected a number, not 'four'"),
    "binary.txt": (b"\xff\xfe\x00", "UTF-8"),
    "nan.txt": (b"nan nan", "finite"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_data_file_is_named_in_one_line(name, tmp_path, capsys):
    content, mentioned = BAD_FILES[name]
    (tmp_path / name).write_bytes(content)
    code = command.main(["relu", "-o", str(tmp_path / "a.png"), "--data", str(tmp_path / name)])
    said = capsys.readouterr().err
    assert code == 2 and said.count("\n") == 1
    assert name in said and mentioned in said
    assert not (tmp_path / "a.png").exists()


def test_an_array_of_objects_is_not_unpickled(tmp_path, capsys):
    np.save(tmp_path / "a.npy", np.array([print], dtype=object), allow_pickle=True)
    assert command.main(["relu", "-o", str(tmp_path / "b.png"), "--data", str(tmp_path / "a.npy")]) == 2
    assert "a.npy" in capsys.readouterr().err


def test_an_interrupt_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, capsys):
    from rheobase.plotting import figure

    def interrupted(request):
        raise KeyboardInterrupt

    (tmp_path / "a.png").write_text("old")
    monkeypatch.setattr(figure, "draw", interrupted)
    assert command.main(["relu", "-o", str(tmp_path / "a.png")]) == 130
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.png", "old")]


def test_the_module_runs_as_a_program_and_needs_no_display(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "MPLBACKEND")}
    program = [sys.executable, "-m", "rheobase.plotting", "gelu", "-o", str(tmp_path / "a.png")]
    done = subprocess.run(program, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert Image.open(io.BytesIO((tmp_path / "a.png").read_bytes())).size[0] == 1280
