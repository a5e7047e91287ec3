"""What deeds on papers are called in the journal."""

from anlan.base.journal.deeds import name_deed

TOPIC = "response"
PACK, BRIEFING = "paper-pack", "briefing"

DEEDS = {
    "asked": name_deed("papers.asked", "要求生成纸质包", "Asked for a paper pack"),
    "made": name_deed("papers.made", "生成纸质包", "Made a paper pack"),
    "taken": name_deed("papers.taken", "取出纸质包", "Took a paper pack"),
    "printed": name_deed("papers.printed", "打印纸质包", "Printed a paper pack"),
    "destroyed": name_deed("papers.destroyed", "销毁纸质包", "Destroyed a paper pack"),
    "briefed": name_deed("papers.briefed", "生成会商材料", "Made a briefing"),
}
