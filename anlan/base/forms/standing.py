"""The kind of obligation a form is owed by: it is answered by filling the sheet in."""

from anlan.base.forms.phone import sheet_page
from anlan.base.forms.selectors.sheets import KIND
from anlan.base.obligations.kinds import kind

FORM = kind(
    key=KIND,
    title="报表",
    title_en="Form",
    states=("issued", "reached", "answered", "closed"),
    ladder="form",
    page=sheet_page,
)
