"""`anlan source`: a declaration tried on the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anlan.base.conftest import workspace_of_tests
from anlan.gateways.sources.tests.far_side import Answer, far_side, records, text_of
from anlan.project.cli.sources import app

__all__ = ["workspace_of_tests"]

pytestmark = pytest.mark.django_db
run = CliRunner()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a declaration is written, in a workspace of its own."""
    monkeypatch.setenv("ANLAN_DATA", str(tmp_path))
    folder = tmp_path / "conf" / "sources"
    folder.mkdir(parents=True)
    return folder / "water.toml"


def test_rows_are_shown_as_they_would_be_stored(file: Path) -> None:
    with far_side(lambda _: Answer({"list": [*records(1.5), {"id": "B"}]})) as side:
        file.write_text(text_of(f"{side.address}/"), encoding="utf-8")
        told = run.invoke(app, ["check", str(file)])
        plain = run.invoke(app, ["check", str(file), "--json"])
    assert told.exit_code == 0
    assert "A-Z  2026-07-01 11:00:00  1.5 m  （没有登记）" in told.stdout
    assert "拒收 第 2 条 t：没有时间" in told.stdout
    assert json.loads(plain.stdout)["rows"][0]["value"] == 1.5


def test_what_stands_in_the_way_is_said(file: Path) -> None:
    with far_side(lambda _: Answer({"msg": "维护中"}, 500)) as side:
        file.write_text(text_of(f"{side.address}/"), encoding="utf-8")
        told = run.invoke(app, ["check", str(file)])
    assert told.exit_code == 1
    assert "失败：对方回答 HTTP 500" in told.stdout


def test_every_wrong_line_is_named(file: Path) -> None:
    file.write_text(text_of("gopher://x").replace("path =", "pth ="), encoding="utf-8")
    told = run.invoke(app, ["check", str(file)])
    assert told.exit_code == 2
    lines = told.stderr.splitlines()
    assert all(line.startswith("water.toml 第 ") for line in lines)
    assert any("不认识这一项，是不是 path？" in line for line in lines)


def test_the_list_says_how_each_fares_and_whom_to_call(file: Path) -> None:
    file.write_text(text_of("http://10.0.0.1/"), encoding="utf-8")
    (file.parent / "fire.toml").write_text("title =", encoding="utf-8")
    told = run.invoke(app, ["list"]).stdout
    assert told.splitlines()[0].startswith("配置有误  fire")
    assert "等待首次取数  water  测试平台" in told
