# SPDX-License-Identifier: Apache-2.0
"""Data in every form that is read, and what is said of data that cannot be trained on."""

import gzip

import numpy
import pytest
from PIL import Image

from rheobase._arguments import UsageError
from rheobase.lab import compare, sets
from rheobase.lab.settings import Settings

STEMS = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
TEST_STEMS = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def idx(array) -> bytes:
    """The file of an array of unsigned bytes, by its definition."""
    array = numpy.asarray(array, numpy.uint8)
    sizes = b"".join(extent.to_bytes(4, "big") for extent in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def mnist(folder, examples=60, compressed=False, size=(5, 4)):
    """Four files of bright and dark images; the pixel in the corner is the label. Returns them as arrays."""
    random = numpy.random.default_rng(0)
    made = []
    for names, count in ((STEMS, examples), (TEST_STEMS, examples // 2)):
        labels = numpy.arange(count) % 10
        images = random.integers(0, 256, (count, *size))
        images[:, 0, 0] = labels
        for name, array in zip(names, (images, labels), strict=True):
            content = idx(array)
            path = folder / (name + ".gz" if compressed else name)
            path.write_bytes(gzip.compress(content) if compressed else content)
        made += [images, labels]
    return made


def load(kind, path, **settings) -> sets.Data:
    return sets.load(Settings(data=kind, path=str(path), **settings))


def refused(kind, path, **settings) -> str:
    with pytest.raises(UsageError) as error:
        load(kind, path, **settings)
    text = str(error.value)
    assert text.startswith(f"--data {kind} --path {path}: ") and "\n" not in text
    return text


@pytest.mark.parametrize("compressed", [False, True])
def test_the_four_files_are_read_gzipped_or_not(tmp_path, compressed):
    images, labels, test_images, test_labels = mnist(tmp_path, compressed=compressed)
    data = load("mnist", tmp_path)
    assert data.shape == (5, 4) and (data.inputs, data.classes) == (20, 10)
    assert data.train_labels.tolist() == labels.tolist() and data.test_labels.tolist() == test_labels.tolist()
    mean, deviation = images.mean(), images.std()
    expected = (images.reshape(60, 20) - mean) / deviation
    assert numpy.allclose(data.train_inputs, expected, atol=1e-5)  # float32 pixels of 1/255
    assert numpy.allclose(data.test_inputs, (test_images.reshape(30, 20) - mean) / deviation, atol=1e-5)
    assert data.train_inputs.dtype == numpy.float32 and data.description["split"] == "the set's own"


def damaged(tmp_path, name, change) -> str:
    mnist(tmp_path)
    path = tmp_path / name
    path.write_bytes(change(path.read_bytes()))
    text = refused("mnist", tmp_path)
    assert name in text or "labels" in text or "label" in text
    return text


def test_damaged_files_are_told_apart(tmp_path):
    images, labels = STEMS
    assert "truncated: 1215 bytes, 1216" in damaged(tmp_path, images, lambda b: b[:-1])
    assert "too long" in damaged(tmp_path, images, lambda b: b + b"\0")
    assert "too few for the head" in damaged(tmp_path, labels, lambda b: b[:5])
    assert "0x00000801" in damaged(tmp_path, images, lambda b: b[:3] + b"\1" + b[4:])
    assert "0x00000d03" in damaged(tmp_path, images, lambda b: b[:2] + b"\x0d" + b[3:])  # float elements
    assert "label 10, not one from 0 to 9" in damaged(tmp_path, labels, lambda b: b[:-1] + b"\n")
    fewer = idx(numpy.zeros(50))
    assert "60 training images, but 50 labels" in damaged(tmp_path, labels, lambda b: fewer)


def test_a_file_that_is_missing_or_whose_compression_is_damaged_is_named(tmp_path):
    assert "no such folder" in refused("mnist", tmp_path / "none")
    mnist(tmp_path, compressed=True)
    path = tmp_path / (TEST_STEMS[0] + ".gz")
    path.write_bytes(path.read_bytes()[:-9])
    assert "cannot be decompressed" in refused("mnist", tmp_path)
    path.unlink()
    assert TEST_STEMS[0] in refused("mnist", tmp_path)


def test_test_images_of_another_size_are_refused(tmp_path):
    mnist(tmp_path)
    (tmp_path / TEST_STEMS[0]).write_bytes(idx(numpy.zeros((30, 4, 4))))
    assert "(5, 4)" in refused("mnist", tmp_path)


def table(path, rows, header="a,b,label"):
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


GOOD_ROWS = [f"{n},{n % 7},{'even' if n % 2 == 0 else 'odd'}" for n in range(40)]


def test_a_csv_file_is_read_and_each_column_scaled_by_its_own(tmp_path):
    data = load("csv", table(tmp_path / "t.csv", GOOD_ROWS))
    assert data.description["labels"] == ["even", "odd"] and data.inputs == 2
    assert len(data.train_labels) == 30 and len(data.test_labels) == 10
    assert numpy.allclose(data.train_inputs.mean(0), 0, atol=1e-6)
    assert numpy.allclose(data.train_inputs.std(0), 1, atol=1e-6)


def test_labels_are_sorted_by_value_and_other_separators_and_columns_found(tmp_path):
    rows = [f"{n % 11};{n % 3 + 8};{n}" for n in range(33)]
    data = load("csv", table(tmp_path / "t.csv", rows, "x;kind;y"), label="kind")
    assert data.description["labels"] == ["8", "9", "10"] and data.inputs == 2


BAD_TABLES = {
    "nothing": ("", {}, "empty"),
    "a header alone": ("a,label\n", {}, "no examples"),
    "no column of that name": ("a,b\n1,2\n", {}, "--label names another"),
    "another column wanted": ("a,label\n1,2\n", {"label": "kind"}, "'kind'"),
    "labels alone": ("label\n1\n", {}, "no column beside"),
    "a line too short": ("a,b,label\n1,2,x\n1,y\n", {}, "line 3 has 2 fields"),
    "a text": ("a,b,label\n1,2,x\n1,two,y\n", {}, "line 3: b is 'two'"),
    "a number that is missing": ("a,b,label\n1,,x\n", {}, "line 2: b is ''"),
    "not a number": ("a,b,label\n1,2,x\nnan,2,y\n", {}, "line 3: a is 'nan'"),
    "an infinite number": ("a,b,label\n1,2,x\n1,-inf,y\n", {}, "line 3: b is '-inf'"),
    "a label that is missing": ("a,label\n1,x\n2,\n", {}, "line 3: no label"),
    "one class": ("a,label\n" + "".join(f"{n},x\n" for n in range(9)), {}, "one class"),
    "a class of two": ("a,label\n" + "1,x\n2,x\n3,x\n" * 3 + "4,y\n5,y\n", {}, "class y has 2 examples"),
    "all alike": ("a,label\n" + "1,x\n1,y\n" * 20, {}, "the same"),
}


@pytest.mark.parametrize("text, settings, mentioned", BAD_TABLES.values(), ids=BAD_TABLES.keys())
def test_a_table_that_cannot_be_used_is_refused(tmp_path, text, settings, mentioned):
    (tmp_path / "t.csv").write_text(text)
    assert mentioned in refused("csv", tmp_path / "t.csv", **settings)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"a,label\n\xff\xfe,1\n")
    assert "UTF-8" in refused("csv", tmp_path / "t.csv")
    assert "no such file" in refused("csv", tmp_path / "none.csv")


def arrays(**changes):
    labels = numpy.arange(30) % 3
    x = numpy.random.default_rng(1).normal(size=(30, 4)) + labels[:, None]
    return {"x": x, "y": labels} | changes


def test_an_npz_file_is_read(tmp_path):
    numpy.savez(tmp_path / "t.npz", **arrays())
    data = load("npz", tmp_path / "t.npz")
    assert (data.inputs, data.classes, data.shape) == (4, 3, (4,))
    images = numpy.arange(30 * 6, dtype=numpy.uint8).reshape(30, 2, 3)
    numpy.savez_compressed(tmp_path / "t.npz", x=images, y=numpy.arange(30) % 2, x_test=images[:4],
                           y_test=[0, 1, 0, 1])  # fmt: skip
    data = load("npz", tmp_path / "t.npz")
    assert data.shape == (2, 3) and len(data.train_labels) == 30 and data.test_labels.tolist() == [0, 1, 0, 1]
    assert data.train_inputs.mean() == pytest.approx(0, abs=1e-6)  # one mean for all pixels


BAD_ARRAYS = {
    "no y": ({"y": None}, "'y'"),
    "other lengths": ({"y": numpy.zeros(29, int)}, "(30,)"),
    "a label below 0": ({"y": numpy.array([-1, 0, 1] * 10)}, "label -1"),
    "a label between": ({"y": numpy.array([0, 0.5, 1] * 10)}, "label 0.5"),
    "a label that is not a number": ({"y": numpy.array([0, numpy.nan, 1] * 10)}, "label nan"),
    "a class without examples": ({"y": numpy.array([0, 1, 3] * 10)}, "class 2 has 0"),
    "texts for labels": ({"y": numpy.array(["a", "b", "c"] * 10)}, "whole numbers"),
    "texts": ({"x": numpy.full((30, 2), "a")}, "x must have numbers"),
    "one dimension": ({"x": numpy.zeros(30)}, "(examples, inputs)"),
    "no examples": ({"x": numpy.zeros((0, 4)), "y": numpy.zeros(0, int)}, "no examples"),
    "not a number": (
        {"x": numpy.where(numpy.arange(120).reshape(30, 4) == 9, numpy.nan, 1.0)}, "example 3, input 2",
    ),
    "half a test": ({"x_test": numpy.zeros((3, 4))}, "both"),
    "other inputs in the test": (
        {"x_test": numpy.zeros((3, 5)), "y_test": numpy.arange(3)}, "(5,)",
    ),
    "a test label beyond the others": (
        {"x_test": numpy.zeros((3, 4)), "y_test": numpy.arange(1, 4)}, "label 3",
    ),
}  # fmt: skip


@pytest.mark.parametrize("changes, mentioned", BAD_ARRAYS.values(), ids=BAD_ARRAYS.keys())
def test_arrays_that_cannot_be_used_are_refused(tmp_path, changes, mentioned):
    numpy.savez(tmp_path / "t.npz", **{k: v for k, v in arrays(**changes).items() if v is not None})
    assert mentioned in refused("npz", tmp_path / "t.npz")


def test_files_that_are_no_npz_are_refused(tmp_path):
    path = tmp_path / "t.npz"
    path.write_bytes(b"no zip")
    assert "not an NPZ" in refused("npz", path)
    numpy.savez(path, x=numpy.array([{}]), y=numpy.zeros(1))  # pickled objects are not read
    assert "not an NPZ" in refused("npz", path)
    numpy.savez(path, **arrays())
    path.write_bytes(path.read_bytes()[:200])
    assert "not an NPZ" in refused("npz", path)


def pictures(folder, classes=("cat", "dog"), count=8, size=(4, 3), mode="L"):
    random = numpy.random.default_rng(2)
    for name in classes:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            shape = (size[1], size[0], 3) if mode == "RGB" else (size[1], size[0])
            image = Image.fromarray(random.integers(0, 256, shape, dtype=numpy.uint8))
            image.save(folder / name / f"{number}.png")
    return folder


def test_a_folder_of_images_is_read(tmp_path):
    data = load("images", pictures(tmp_path))
    assert data.shape == (3, 4) and data.description["labels"] == ["cat", "dog"]
    (tmp_path / "cat" / ".hidden").write_text("passed over")
    Image.new("RGB", (4, 3), "red").save(tmp_path / "cat" / "red.png")
    assert load("images", tmp_path).shape == (3, 3, 4)


def test_folders_named_train_and_test_are_a_split(tmp_path):
    pictures(tmp_path / "train"), pictures(tmp_path / "test", count=3)
    data = load("images", tmp_path)
    assert (len(data.train_labels), len(data.test_labels)) == (16, 6)
    (tmp_path / "test" / "cow").mkdir()
    assert "test/cow" in refused("images", tmp_path)


def test_images_that_cannot_be_used_are_refused(tmp_path):
    assert "no such folder" in refused("images", tmp_path / "none")
    assert "no folders" in refused("images", tmp_path)
    (tmp_path / "cat").mkdir()
    assert "no images" in refused("images", tmp_path)
    pictures(tmp_path, ("cat",))
    assert "one class" in refused("images", tmp_path)
    pictures(tmp_path)
    Image.new("L", (5, 3)).save(tmp_path / "dog" / "large.png")
    assert "dog/large.png has 5 x 3 pixels, cat/0.png 4 x 3" in refused("images", tmp_path)
    whole = (tmp_path / "dog" / "0.png").read_bytes()
    (tmp_path / "dog" / "large.png").write_bytes(whole[:40])
    assert "dog/large.png: no image, or damaged" in refused("images", tmp_path)
    (tmp_path / "dog" / "large.png").write_text("no image")
    assert "dog/large.png: no image, or damaged" in refused("images", tmp_path)


def test_bad_data_end_the_command_before_anything_is_written(tmp_path, capsys):
    mnist(tmp_path)
    (tmp_path / STEMS[1]).unlink()
    out = tmp_path / "out"
    code = compare.main(["relu", "--data", "mnist", "--path", str(tmp_path), "--out", str(out)])
    output = capsys.readouterr()
    assert code == 2 and output.err.count("\n") == 1 and not out.exists()
    mnist(tmp_path)
    flags = ["relu", "--data", "mnist", "--path", str(tmp_path), "--out", str(out), "--batch", "61"]
    assert compare.main(flags) == 2
    assert "only 60 training examples" in capsys.readouterr().err and not out.exists()


def test_too_few_examples_to_choose_a_rate_by_are_told_before_anything_is_written(tmp_path, capsys):
    numpy.savez(tmp_path / "t.npz", x=numpy.arange(18.0).reshape(9, 2), y=numpy.arange(9) % 3)
    flags = [
        "relu",
        "--data",
        "npz",
        "--path",
        str(tmp_path / "t.npz"),
        "--test-share",
        "0.6",
        "--batch",
        "1",
    ]
    assert compare.main([*flags, "--tune", "--out", str(tmp_path / "out")]) == 2
    output = capsys.readouterr()
    assert output.err.count("\n") == 1 and "--tune" in output.err and not (tmp_path / "out").exists()


def test_the_network_of_mnist_is_784_256_10(tmp_path, capsys):
    mnist(tmp_path, size=(28, 28))
    flags = ["--batch", "10", "--seeds", "1", "--epochs", "1", "--jobs", "1", "--json"]
    out = ["--out", str(tmp_path / "out")]
    assert compare.main(["relu", "--data", "mnist", "--path", str(tmp_path), *flags, *out]) == 0
    assert f'"trained_numbers": {784 * 256 + 256 + 256 * 10 + 10}' in capsys.readouterr().out
