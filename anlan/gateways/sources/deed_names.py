"""What deeds on sources are called in the journal."""

from anlan.base.journal.deeds import name_deed

CREATED = name_deed("sources.created", "新建数据来源", "Made a source")
EDITED = name_deed("sources.edited", "修改数据来源", "Edited a source")
ENABLED = name_deed("sources.enabled", "启用数据来源", "Switched a source on")
DISABLED = name_deed("sources.disabled", "停用数据来源", "Switched a source off")
ASKED = name_deed("sources.asked", "要求重新取数", "Asked for a source's values again")
SECRET_KEPT = name_deed("sources.secret-kept", "保存来源密码", "Kept a source's secret")
