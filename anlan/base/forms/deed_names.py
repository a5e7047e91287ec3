"""What deeds on forms are called in the journal."""

from anlan.base.journal.deeds import name_deed

FORM, SHEET, ROUND = "form", "form-sheet", "form-round"
#: Pages that show a form listen for it.
TOPIC = "form"

DRAWN = name_deed("forms.drawn", "制表", "Drew up a form")
CHANGED = name_deed("forms.changed", "改表", "Changed a form")
RETIRED = name_deed("forms.retired", "停用报表", "Retired a form")
SCHEDULED = name_deed("forms.scheduled", "定时下发", "Set a form to repeat")
STOPPED = name_deed("forms.stopped", "停止定时下发", "Stopped a form's repeating")
OPENED = name_deed("forms.round_opened", "下发一轮报表", "Sent a round of a form")
CLOSED = name_deed("forms.round_closed", "结束一轮报表", "Ended a round of a form")
KEPT = name_deed("forms.draft_kept", "存报表草稿", "Kept a draft of a sheet")
SUBMITTED = name_deed("forms.submitted", "上报报表", "Submitted a sheet")
CORRECTED = name_deed("forms.corrected", "更正报表", "Corrected a sheet")
RETURNED = name_deed("forms.returned", "退回报表", "Sent a sheet back")
