"""The ports of an exercise below a supervisor: its own for pages, its own for devices."""

import socket
from pathlib import Path

import pytest

from anlan.kernel import workspace
from anlan.project.supervisor.exercises import MQTT_PORT, WEB_PORT, Exercises

HOST = "127.0.0.1"


def nested(data: Path, host: str, port: int) -> tuple[str, ...]:
    return ("serve", str(data), host, str(port))


def made(folder: Path, name: str) -> Path:
    return workspace.create(folder / name, kind="exercise", name=name, title="演练").dir


def mqtt_port(exercises: Exercises, data: Path) -> str | None:
    child = exercises.start(data).child
    child.log.close()
    return child.environment.get("ANLAN_MQTT_PORT")


def test_devices_of_an_exercise_report_to_a_port_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLAN_MQTT_PORT", str(MQTT_PORT))
    web = 41_000
    above = MQTT_PORT + 1 + web - WEB_PORT
    exercises = Exercises(tmp_path, HOST, web, nested)
    first = int(mqtt_port(exercises, made(tmp_path, "first")) or 0)
    assert first >= above
    with socket.socket() as taken:
        taken.bind((HOST, first))
        taken.listen()
        assert int(mqtt_port(exercises, made(tmp_path, "second")) or 0) > first
    pages = [told["port"] for told in exercises.told()]
    assert len(set(pages)) == 2
    assert web not in pages


def test_no_exercise_opens_a_port_for_devices_where_its_platform_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLAN_MQTT_PORT", "0")
    assert mqtt_port(Exercises(tmp_path, HOST, 41_000, nested), made(tmp_path, "one")) == "0"
