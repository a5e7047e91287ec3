"""`anlan vault ...`: the master key that protects personal values."""

import typer

from anlan.project.cli import start_django

GROUP = "vault"
app = typer.Typer(help="个人信息保护：主密钥。")


@app.command()
def rotate() -> None:
    """更换主密钥，可在运行中进行。旧备份仍需要旧密钥，请先另存。例：anlan vault rotate"""
    start_django()
    from django.db import transaction

    from anlan.base.journal.services import record
    from anlan.base.vault import rotation

    former, new = rotation.rotate()
    with transaction.atomic():
        record(
            deed="vault.rekeyed",
            by="system:command-line",
            subject=("vault", "master"),
            facts={"former": former, "new": new},
        )
    typer.echo(f"主密钥已由 {former} 换为 {new}。请另存新密钥；此前的备份恢复时要用旧密钥。")


@app.command()
def show() -> None:
    """显示当前主密钥的指纹（不显示密钥本身）。例：anlan vault show"""
    start_django()
    from anlan.base.vault.rotation import fingerprint

    typer.echo(fingerprint())
