"""What goes wrong outside the program is one message that names the path; a bug keeps its traceback."""

import duckdb
import pytest

from features.errors import InputError
from pipelines import stage
from pipelines.files import read_json, read_table, write_text


@pytest.mark.parametrize(
    ("command", "said"),
    [
        pytest.param(lambda folder: folder.read_text(), "Is a directory: it is a folder where", id="a folder"),
        pytest.param(
            lambda folder: (folder / "none").read_text(), "none: No such file or directory: it is", id="nothing"
        ),
        pytest.param(
            lambda folder: (folder / "file" / "x").read_text(), "x: Not a directory: a file stands", id="a file"
        ),
        pytest.param(lambda folder: (folder / "file").mkdir(), "file: File exists: a file stands", id="in the way"),
        pytest.param(
            lambda folder: duckdb.sql(f"FROM read_parquet('{folder}/none.parquet')"), "cannot be read", id="DuckDB"
        ),
        pytest.param(
            lambda folder: write_text(folder / "file" / "x", ""), "x: cannot be written (File exists)", id="no folder"
        ),
        pytest.param(lambda folder: write_text(folder, ""), "cannot be written (Is a directory)", id="over a folder"),
        pytest.param(lambda folder: read_json(folder), "cannot be read (Is a directory)", id="JSON"),
        pytest.param(lambda folder: read_table(folder / "file"), "cannot be read as Parquet", id="Parquet"),
        pytest.param(lambda folder: write_full(), "cannot be written (No space left on device)", id="a full disk"),
    ],
)
def test_an_error_of_the_system_is_one_message(tmp_path, capsys, command, said):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as stopped:
        stage.run(command, tmp_path)
    [line] = capsys.readouterr().err.splitlines()
    assert stopped.value.code == 2
    assert line.startswith("error: ")
    assert said in line


def write_full():
    with open("/dev/full", "w") as full:
        full.write("a")


@pytest.mark.parametrize("bug", [KeyError("a"), OSError("this run may not use the network"), ValueError("b")])
def test_a_bug_keeps_its_traceback(bug):
    def command():
        raise bug

    with pytest.raises(type(bug)):
        stage.run(command)


def test_nothing_is_left_of_a_failed_write(tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(InputError):
        write_text(tmp_path / "there", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
