"""`anlan backup`, `anlan restore`: everything in one file, and back."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anlan.kernel import workspace
from anlan.project import environment
from anlan.project.cli import REFUSED, start_django
from anlan.project.cli._progress import showing

if TYPE_CHECKING:
    from anlan.project.backup.archive import Reader

app = typer.Typer()


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="写入的文件；不能已存在")],
    with_secret: Annotated[
        bool, typer.Option("--with-secret", help="连主密钥一起备份（此文件须像密钥一样保管）")
    ] = False,
) -> None:
    """运行中备份：数据库、附件、配置、留痕锚定，一个文件。

    例：anlan backup /mnt/usb/anlan-20260809.zip
    """
    start_django()
    from anlan.project.backup.making import make, size_of

    total = size_of(workspace.directory())
    with showing("备份（字节）", total) as moved:
        made = make(file, with_secret=with_secret, progress=moved)
    size = file.stat().st_size / 2**20
    typer.echo(f"已备份到 {file}（{size:.1f} MB），留痕 {made.journal['seq']} 条")
    if not with_secret:
        typer.echo(
            f"备份不含主密钥（指纹 {made.master}）。请另存 "
            f"{environment.text('ANLAN_SECRET_FILE') or workspace.directory() / 'secret'}，"
            "没有它，恢复后个人信息无法读取。"
        )


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="anlan backup 制作的文件")],
    force: Annotated[
        bool, typer.Option("--force", help="目标不是空的也恢复；原内容移到一旁")
    ] = False,
    secret: Annotated[
        Path | None, typer.Option("--secret", help="主密钥文件，备份中没有时需要")
    ] = None,
) -> None:
    """从备份恢复到工作区目录，并校验留痕。目标非空时拒绝，除非 --force。

    例：anlan --data var/live restore /mnt/usb/anlan-20260809.zip --secret /mnt/key/secret
    """
    from anlan.project.backup.archive import Reader
    from anlan.project.backup.restoring import Target, any_secret, lacks_secret, put_files

    reader = Reader(file)
    home = workspace.directory()
    target = Target(home, force, secret, environment.text("DATABASE_URL"))
    with showing("恢复（字节）", reader.size) as moved:
        former = put_files(reader, target, moved)
    os.environ["ANLAN_DATA"] = str(home)
    with any_secret(home):
        start_django()
        _finish(reader, force=force)
    if former is not None:
        typer.echo(f"原内容在 {former}，确认无误后可以删除")
    if lacks_secret(home, reader.manifest.master):
        sys.stderr.write(
            f"还缺主密钥（指纹 {reader.manifest.master}）：把原来的密钥文件放到 {home}/secret，"
            "权限 600，然后再启动。\n"
        )


def _finish(reader: "Reader", *, force: bool) -> None:
    """Fill the database, bring it up to date, and verify the journal."""
    from django.db import connection

    from anlan.base.journal.verification import verify
    from anlan.project.backup import loading

    if connection.vendor == "postgresql":
        if force:
            loading.drop_tables()
        loading.load(reader)
    loading.bring_up_to_date()
    verdict = verify()
    if not verdict.ok:
        sys.stderr.write(f"已恢复，但留痕不完整：{verdict.fault}\n")
        raise typer.Exit(REFUSED)
    typer.echo(f"已恢复 {reader.manifest.made_at} 的备份，留痕 {verdict.head} 条，完整。")
