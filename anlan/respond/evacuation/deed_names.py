"""What deeds of evacuations are called in the journal."""

from anlan.base.journal.deeds import name_deed

TOPIC = "evacuation"
SUBJECT = "evacuation"

DEEDS = {
    "drafted": name_deed("evacuations.drafted", "起草转移批次", "Drafted an evacuation"),
    "placed": name_deed("evacuations.placed", "分配安置场所", "Assigned shelters"),
    "ordered": name_deed("evacuations.ordered", "下达转移", "Ordered an evacuation"),
    "moved": name_deed(
        "evacuations.moved", "调整最迟转移时间", "Moved the latest time to have left"
    ),
    "dropped": name_deed("evacuations.dropped", "作废转移批次", "Dropped an evacuation"),
    "lifted": name_deed("evacuations.lifted", "解除险情，准许返回", "Declared the danger over"),
    "closed": name_deed("evacuations.closed", "结束转移批次", "Closed an evacuation"),
    "ticked": name_deed("evacuations.ticked", "花名册打勾", "Ticked the roll"),
    "added": name_deed("evacuations.added", "补登名单外人员", "Added people not on the list"),
    "strayed": name_deed("evacuations.strayed", "擅自返回", "Somebody went back too soon"),
    "read": name_deed("evacuations.roll-read", "打开花名册", "Opened the roll"),
    "unmasked": name_deed("evacuations.unmasked", "查看完整信息", "Read unmasked"),
    "exported": name_deed("evacuations.exported", "导出转移清单", "Exported the list"),
    "erased": name_deed("evacuations.erased", "销毁个人信息", "Erased personal data"),
}
