"""Page of the environment: every variable the product reads."""

from anlan.project.docs.markdown import Page, cell, code, page, table
from anlan.project.environment import VARIABLES


def environment() -> Page:
    """List the variables."""
    rows = [
        [code(one.name), code(one.default), cell(one.meaning), "是" if one.secret else ""]
        for one in VARIABLES
    ]
    return page(
        "环境变量",
        "除了环境变量和工作区里的文件，程序不读别的设置。`anlan doctor --env` 打印同一张表和现值。",
        table(("变量", "缺省", "含义", "含口令"), rows),
    )
