"""What deeds are called on the screen. A deed nobody named shows its key."""

from dataclasses import dataclass

from anlan.kernel.registry import Registry


@dataclass(frozen=True)
class DeedName:
    """A deed's label in both languages."""

    title: str
    title_en: str


DEEDS: Registry[DeedName] = Registry("留痕动作")


def name_deed(key: str, title: str, title_en: str) -> str:
    """Give a deed its label; return the key, so that a module may keep it as a constant."""
    DEEDS.add(key, DeedName(title, title_en))
    return key


def label(key: str) -> DeedName:
    """Find a deed's label: by its whole key, else by its verb (``*.edited``)."""
    verb = "*." + key.rpartition(".")[2]
    return DEEDS.get(key) or DEEDS.get(verb) or DeedName(key, key)


for _key, _title, _title_en in (
    ("*.created", "新建", "Created"),
    ("*.edited", "修改", "Edited"),
    ("*.retired", "停用", "Retired"),
    ("*.restored", "恢复", "Restored"),
    ("*.reviewed", "确认无误", "Confirmed"),
    ("*.imported", "导入", "Imported"),
    ("*.exported", "导出", "Exported"),
    ("*.unmasked", "查看完整信息", "Read unmasked"),
    ("*.erased", "销毁个人信息", "Erased"),
    ("journal.sealed", "封存留痕", "Sealed the journal"),
    ("vault.rekeyed", "更换主密钥", "Changed the master key"),
    ("stuck.retried", "重试", "Retried"),
    ("stuck.dropped", "放弃", "Dropped"),
):
    name_deed(_key, _title, _title_en)
