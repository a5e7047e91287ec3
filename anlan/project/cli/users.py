"""`anlan token`, `anlan user`, `anlan setup-admins`: accounts from the server's own desk."""

import getpass
import select
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from anlan.kernel.errors import Invalid, Missing
from anlan.project.cli import start_django

if TYPE_CHECKING:
    from anlan.base.permissions.models import User

app = typer.Typer()
token = typer.Typer(help="接口令牌", no_args_is_help=True)
user = typer.Typer(help="账号", no_args_is_help=True)
app.add_typer(token, name="token")
app.add_typer(user, name="user")

Username = Annotated[str, typer.Argument(metavar="USER", help="账号")]


@token.command("create")
def create_token(
    username: Username,
    name: Annotated[str, typer.Option(help="用途，显示在令牌列表里")] = "anlan token create",
) -> None:
    """建立一个接口令牌并只打印它一次。例：anlan token create zhangsan"""
    start_django()
    from anlan.base.permissions import system
    from anlan.base.permissions.services.tokens import create_token as create

    text, _ = create(user=_user(username), name=name, by=system("command-line"))
    typer.echo(text)


@user.command("list")
def list_users() -> None:
    """列出账号和角色。例：anlan user list"""
    start_django()
    from anlan.base.permissions.models import User

    for row in User.objects.prefetch_related("grants").order_by("username"):
        held = "，".join(f"{grant.role}@{grant.prefix or '全国'}" for grant in row.grants.all())
        typer.echo(f"{row.username}\t{row.name}\t{'' if row.is_active else '已锁定'}\t{held}")


@user.command("password")
def set_password(username: Username) -> None:
    """重置口令（三员账号只能这样重置）。例：anlan user password zhangsan"""
    start_django()
    from anlan.base.permissions import system
    from anlan.base.permissions.services.accounts import reset_password

    row = _user(username)
    reset_password(user=row, password=_ask_password(row.username), by=system("command-line"))
    typer.echo(f"{row.username} 的口令已重置")


@user.command("totp-off")
def remove_totp(username: Username) -> None:
    """手机遗失时停用动态口令。例：anlan user totp-off zhangsan"""
    start_django()
    from anlan.base.permissions import system
    from anlan.base.permissions.services.accounts import remove_totp as remove

    remove(user=_user(username), by=system("command-line"))
    typer.echo(f"{username} 的动态口令已停用")


@user.command("unlock")
def unlock(username: Username) -> None:
    """解锁账号。例：anlan user unlock zhangsan"""
    start_django()
    from anlan.base.permissions import system
    from anlan.base.permissions.services.accounts import unlock_user

    unlock_user(user=_user(username), by=system("command-line"))
    typer.echo(f"{username} 已解锁")


@app.command("setup-admins")
def setup_admins() -> None:
    """为新的正式工作区建立系统、安全、审计三名管理员。例：anlan setup-admins"""
    start_django()
    from anlan.base.permissions import rights, selectors
    from anlan.base.permissions.services.founding import Founder, found

    if selectors.has_administrators():
        typer.echo("三名管理员已经建立")
        return
    if not _somebody_answers():
        typer.echo(LATER, err=True)
        return
    try:
        region = _ask("管辖地区的区划代码（如 339901；全国为 000000000000）")
        founders = {}
        for key in rights.ADMINISTRATORS:
            typer.echo(f"\n{rights.role(key).title} ({rights.role(key).title_en})")
            username = _ask("账号")
            founders[key] = Founder(username, _ask("姓名"), _ask_password(username))
    except EOFError:
        typer.echo(LATER, err=True)
        return
    found(founders=founders, region=region)
    typer.echo("三名管理员已建立；业务账号由系统管理员建立、安全管理员授权。")


#: How long answers that are piped in may take to come.
PIPE_WAIT_S = 1.0
LATER = "还没有管理员：请在终端运行 anlan setup-admins 建立系统、安全、审计三名管理员。"


def _somebody_answers() -> bool:
    """Tell whether there is a terminal, or answers were piped in: a service must not wait here."""
    if sys.stdin is None or sys.stdin.closed:
        return False
    return sys.stdin.isatty() or bool(select.select([sys.stdin], [], [], PIPE_WAIT_S)[0])


def _ask(question: str) -> str:
    """Ask on the terminal, or read the next line of what was piped in."""
    if sys.stdin.isatty():
        answer = ""
        while not answer:
            answer = input(f"{question}：").strip()
        return answer
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()


def _ask_password(username: str) -> str:
    """Ask for a new password until it is good enough and was typed twice alike."""
    from anlan.base.permissions.passwords import faults

    if not sys.stdin.isatty():
        return _ask("口令")
    while True:
        first = getpass.getpass("口令（至少 10 个字符，含三类字符）：")
        if found := faults(first, username=username):
            typer.echo("；".join(found))
        elif first == getpass.getpass("再输一次："):
            return first
        else:
            typer.echo("两次不一样，请重新输入")


def _user(username: str) -> "User":
    from anlan.base.permissions.models import User
    from anlan.base.permissions.services.sessions import normal_username

    if not username.strip():
        raise Invalid("请写明账号")
    row = User.objects.filter(username=normal_username(username)).first()
    if row is None:
        raise Missing(f"没有账号「{username}」")
    return row
