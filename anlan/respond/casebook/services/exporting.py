"""Taking a case away: journalled with what was taken, and whether names stood in it in clear."""

from django.db import transaction

from anlan.base.files import store
from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.respond.casebook.deed_names import EXPORTED
from anlan.respond.casebook.selectors.cases import EXPORT, UNMASK, seen
from anlan.respond.casebook.selectors.writing import FORMS, write


def export_case(*, case: str, form: str, by: Actor) -> tuple[str, str, bytes]:
    """Write a case as ``csv``, ``json`` or ``word``; returns the file's name, media type and bytes.

    Names are masked unless the actor may read them.
    """
    if form not in FORMS:
        raise Invalid("没有这种格式", errors={"form": ["请选择 csv、json 或 word"]})
    found = seen(by, case)
    permit(by, EXPORT, found.row.region_id)
    clear = may(by, UNMASK, found.row.region_id)
    content, rows = write(found, form, clear=clear)
    with transaction.atomic():
        record(
            deed=EXPORTED, by=by, subject=("case", found.row.pk), region=found.row.region_id,
            case=found.row.pk,
            facts={"form": form, "clear": clear, "sm3": store.digest(content), **rows},
        )  # fmt: skip
    ending, mime = FORMS[form]
    moment = f"{clock.local(clock.now()):%m%d-%H%M}"
    return f"{found.row.title}-{moment}.{ending}", mime, content
