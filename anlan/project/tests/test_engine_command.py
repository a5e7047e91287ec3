"""`anlan engine`: as a stranger would use it, without a workspace."""

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from anlan.engines.registry import engine
from anlan.kernel.errors import Invalid
from anlan.project.cli.engine import app
from anlan.project.engine_folders import document_of, read_beside

run = CliRunner()


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """A folder with the basin's example, its rain in a file beside the document."""
    folder = tmp_path / "in"
    folder.mkdir()
    document = dict(engine("basin").example)
    rain = np.array(document["rain"]["values"])  # type: ignore[index]
    np.savetxt(folder / "rain.csv", rain, delimiter=",")
    document["rain"] = {"unit": "mm", "file": "rain.csv"}
    (folder / "input.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def test_the_list_names_every_engine_with_its_source() -> None:
    told = run.invoke(app, ["list"]).stdout
    assert [line.split()[0] for line in told.splitlines()] == list(json_keys())
    found = json.loads(run.invoke(app, ["list", "--json"]).stdout)
    assert {"key", "title", "units", "source", "version", "verified"} <= set(found[0])


def json_keys() -> list[str]:
    return [one["key"] for one in json.loads(run.invoke(app, ["list", "--json"]).stdout)]


def test_showing_an_engine_tells_units_sources_and_what_was_not_verified() -> None:
    told = run.invoke(app, ["show", "basin"]).stdout
    assert "rain                时段雨量（实测接预报）（mm；basin × member × time）" in told
    assert "核对过：SCS-CN" in told
    assert "未核对：" in told


def test_what_show_gives_as_an_example_runs(tmp_path: Path) -> None:
    for key in json_keys():
        path = tmp_path / f"{key}.json"
        path.write_text(run.invoke(app, ["show", key, "--example"]).stdout, encoding="utf-8")
        told = run.invoke(app, ["run", key, "--input", str(path), "--json"])
        assert told.exit_code == 0, told.output
        assert json.loads(told.stdout)["engine"] == key


def test_a_run_on_a_folder_leaves_results_tables_and_their_origin(
    inputs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    told = run.invoke(app, ["run", "basin", "--input", str(inputs), "--output", str(out)])
    assert told.exit_code == 0, told.output
    assert "注意：山口 等 1 个流域前期雨量不明" in told.stdout
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert sorted(result["inputs"]) == ["input.json", "rain.csv"]
    assert len(result["inputs"]["rain.csv"]) == 64
    assert result["outputs"]["peak"]["unit"] == "m3/s"
    rows = list(csv.reader((out / "basin.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0] == ["names", "wetness (mm)"]
    assert rows[1][0] == "上坑"


def test_large_arrays_lie_in_a_file_of_their_own_and_small_ones_in_the_json(
    inputs: Path, tmp_path: Path
) -> None:
    members = np.repeat(np.random.default_rng(1).uniform(0, 30, (2, 1, 12)), 300, axis=1)
    np.save(inputs / "rain.npy", members)
    document = json.loads((inputs / "input.json").read_text(encoding="utf-8"))
    document["rain"] = {"unit": "mm", "file": "rain.npy"}
    (inputs / "input.json").write_text(json.dumps(document), encoding="utf-8")
    out = tmp_path / "out"
    assert (
        run.invoke(app, ["run", "basin", "--input", str(inputs), "--output", str(out)]).exit_code
        == 0
    )
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert result["outputs"]["flow"]["file"] == "arrays.npz"
    with np.load(out / "arrays.npz") as arrays:
        assert arrays["flow"].shape == (2, 300, 12)
    assert result["outputs"]["wetness"]["values"] == [55.0, None]


def test_a_folder_of_the_surge_holds_gauges_fields_and_a_state_to_go_on_from(
    tmp_path: Path,
) -> None:
    document = dict(engine("surge").example)
    (tmp_path / "input.json").write_text(json.dumps(document), encoding="utf-8")
    out = tmp_path / "out"
    told = run.invoke(app, ["run", "surge", "--input", str(tmp_path), "--output", str(out)])
    assert told.exit_code == 0, told.output
    names = {path.name for path in out.iterdir()}
    assert {"result.json", "gauge_time.csv", "fields.nc", "state.npz"} <= names
    files = json.loads((out / "result.json").read_text(encoding="utf-8"))["files"]
    state = (out / "state.npz").read_bytes()
    assert files["state.npz"] == hashlib.sha256(state).hexdigest()
    (tmp_path / "state.npz").write_bytes(state)
    document |= {"state": {"file": "state.npz"}, "duration": {"unit": "s", "value": 30}}
    (tmp_path / "input.json").write_text(json.dumps(document), encoding="utf-8")
    told = run.invoke(app, ["run", "surge", "--input", str(tmp_path), "--json"])
    assert told.exit_code == 0, told.output
    times = json.loads(told.stdout)["outputs"]["gauge_time"]["values"]
    assert times[0] == pytest.approx(20.0)
    assert times[-1] == pytest.approx(30.0, abs=1.0)


def test_one_json_file_holds_all_when_that_is_asked_for(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    run.invoke(app, ["run", "basin", "--input", str(inputs), "--output", str(out)])
    whole = json.loads(out.read_text(encoding="utf-8"))
    assert np.shape(whole["outputs"]["flow"]["values"]) == (2, 1, 12)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{", "不是 JSON"),
        ("[]", "要有一个 JSON 对象"),
        ('{"station": "kanmen"}', "缺少输入：times"),
        ('{"station": "kanmen", "times": ["2019-08-09"]}', "没有写时区"),
    ],
)
def test_wrong_input_is_one_sentence_on_the_error_stream_and_exit_code_two(
    body: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "in.json").write_text(body, encoding="utf-8")
    found = subprocess.run(
        [sys.executable, "-m", "anlan.project", "engine", "run", "tide", "--input", "in.json"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env=_environment(),
    )  # fmt: skip
    assert found.returncode == 2
    assert found.stdout == ""
    assert told in found.stderr
    assert len(found.stderr.strip().splitlines()) == 1


def _environment() -> dict[str, str]:
    root = Path(__file__).parents[3]
    return {"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def test_files_outside_the_folder_and_missing_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").write_text("x")
    read = read_beside(tmp_path / "in")
    with pytest.raises(Invalid, match="不在输入的文件夹里"):
        read("../secret")
    with pytest.raises(Invalid, match=r"nothing\.csv 读不了"):
        read("nothing.csv")
    with pytest.raises(Invalid, match=r"没有 .*input.json"):
        document_of(tmp_path / "in")
