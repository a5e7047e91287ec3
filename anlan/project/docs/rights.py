"""Page of rights: who may do what, straight from the table the gate asks."""

from anlan.base.permissions import rights
from anlan.base.register.registry import DOMAINS, REGISTERS
from anlan.project.docs.markdown import Page, cell, code, page, table

#: One sign for each verb, so that a cell shows all of them at once.
SIGNS = {
    "view": "看",
    "create": "建",
    "edit": "改",
    "retire": "停",
    "import": "入",
    "export": "出",
    "unmask": "明",
}
LEGEND = (
    "看 查看 · 建 新建 · 改 修改 · 停 停用与恢复 · 入 Excel 导入 · 出 Excel 导出 · "
    "明 查看遮盖的内容"
)
OWN, ABOVE = "●", "●↑"


def who_may_what() -> Page:
    """Write the whole table."""
    roles = list(rights.table().roles.values())
    return page(
        "谁能做什么",
        "每项授权是**角色 × 辖区**：角色决定能做什么，辖区决定在哪里能做——授权地区及其以下。"
        "表中没有的，一律拒绝。这张表与程序判断权限时读的是同一个文件；"
        "道理见[权限](../explanation/permissions.md)。",
        "## 三员",
        "系统管理员、安全管理员、审计管理员互斥，也与一切业务角色互斥。",
        _other([one for one in roles if one.is_administrator]),
        "## 台账",
        LEGEND,
        *_registers([one for one in roles if not one.is_administrator]),
        "## 其余",
        f"{OWN} 本辖区及以下；{ABOVE} 还能看到上级地区的（村里要能找到乡镇值班室）。",
        _other([one for one in roles if not one.is_administrator]),
        "## 代理",
        "可以委托他人在一段时间内代理的角色："
        + "、".join(one.title for one in roles if one.delegable)
        + "。到期自动失效，随时可以收回。",
    )


def _registers(roles: list[rights.Role]) -> list[str]:
    parts = []
    for domain, (title, _) in DOMAINS.items():
        entries = sorted(
            (one for one in REGISTERS.values() if one.domain == domain), key=lambda one: one.order
        )
        rows = [
            [cell(one.title), *(_verbs(role.key, one.key) for role in roles)] for one in entries
        ]
        if rows:
            parts += [f"### {title}", table(("台账", *(role.title for role in roles)), rows)]
    return parts


def _verbs(role: str, register: str) -> str:
    held = [sign for verb, sign in SIGNS.items() if rights.allows(role, f"{register}.{verb}")]
    return "".join(held) or cell(None)


def _other(roles: list[rights.Role]) -> str:
    rows = []
    for action, sentence in rights.table().actions.items():
        marks = [_mark(role.key, action) for role in roles]
        if any(mark != cell(None) for mark in marks):
            rows.append([cell(sentence), code(action), *marks])
    return table(("动作", "名", *(role.title for role in roles)), rows)


def _mark(role: str, action: str) -> str:
    if rights.shares(role, action):
        return ABOVE
    return OWN if rights.allows(role, action) else cell(None)
