"""`anlan ingest`: the process observations come in by."""

import os

import typer

from anlan.project.cli import start_django

app = typer.Typer()


@app.command()
def ingest() -> None:
    """运行接入进程：设备 MQTT、网页转来的观测、外部 MQTT、主动采集。例：anlan ingest"""
    start_django()
    from anlan.gateways.ingest.process import Settings, run
    from anlan.kernel import workspace
    from anlan.project import environment
    from anlan.project.logs import configure

    configure("ingest")
    certificate = environment.text("ANLAN_TLS_CERT")
    here = workspace.current()
    # An exercise below another workspace would only find the port taken.
    safe = certificate and here.kind != "exercise"
    run(
        Settings(
            workspace=here.dir,
            telemetry=os.environ.get("TELEMETRY_URL", ""),
            stream=os.environ.get("STREAM_URL", ""),
            host=environment.text("ANLAN_HOST"),
            mqtt_port=environment.number("ANLAN_MQTT_PORT"),
            mqtts_port=environment.number("ANLAN_MQTTS_PORT") if safe else 0,
            certificate=certificate,
            key=environment.text("ANLAN_TLS_KEY"),
        )
    )
