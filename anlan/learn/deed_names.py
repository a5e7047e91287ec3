"""What deeds on reviews are called in the journal."""

from anlan.base.journal.deeds import name_deed

TOPIC = "review"
SUBJECT = "review"
#: Subject of an obligation: a lesson somebody is to act on.
LESSON_SUBJECT = "lesson"

REVIEW = {
    "opened": name_deed("reviews.opened", "开始复盘", "Opened a review"),
    "summed": name_deed("reviews.summed", "修改复盘结论", "Changed a review's conclusions"),
    "learned": name_deed("reviews.learned", "记下复盘意见", "Noted a lesson"),
    "struck": name_deed("reviews.struck", "删去复盘意见", "Struck a lesson"),
    "finished": name_deed("reviews.finished", "完成复盘", "Finished a review"),
}
