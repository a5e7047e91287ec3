"""Pictures in cells: kept as any attachment, hanging on the sheet; a cell says the picture's id."""

from collections.abc import Collection, Sequence

from anlan.base.db.among import among
from anlan.base.files.models import File
from anlan.base.files.services import destroy_files, hang_file
from anlan.base.files.store import digest
from anlan.base.forms import sealing
from anlan.base.forms.columns import Column, columns_of
from anlan.base.forms.models import Sheet
from anlan.base.forms.selectors.sheets import SUBJECT
from anlan.base.obligations.services.pocket import LARGEST_PHOTO, check_photos
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.kernel.errors import Invalid

__all__ = ["LARGEST_PHOTO", "check_photos_hang", "destroy_pictures", "hang"]

NONE = "这里不收照片"
WRONG = "这张照片不在这张表里，请重新上传"


def hang(row: Sheet, content: bytes, by: Actor) -> str:
    """Hang a picture on a sheet in hand, once: a phone that heard no answer sends it again."""
    if not any(one.type == "photo" for one in columns_of(row.round.columns)):
        raise Invalid(NONE, errors={"file": [NONE]})
    check_photos([content])
    known = File.objects.filter(subject_kind=SUBJECT, subject=row.pk, sm3=digest(content)).first()
    if known is not None:
        return str(known.pk)
    name = f"照片 {clock.local(clock.now()):%m-%d %H.%M} {row.region.name}"
    made = hang_file(
        name=name, content=content, subject=(SUBJECT, row.pk), region=row.region_id, by=by
    )  # fmt: skip
    return str(made.pk)


def check_photos_hang(row: Sheet, columns: Sequence[Column], rows: sealing.Rows) -> None:
    """Refuse the id of a picture that hangs on another thing: `Invalid` names the cell."""
    pictures = [one.key for one in columns if one.type == "photo"]
    said = {
        f"rows.{place}.{key}": cells[key]
        for place, cells in enumerate(rows)
        for key in pictures
        if cells.get(key)
    }
    if not said:
        return
    hanging = File.objects.filter(among("pk", set(said.values())), subject_kind=SUBJECT)
    known = {str(pk) for pk in hanging.filter(subject=row.pk).values_list("pk", flat=True)}
    errors = {at: [WRONG] for at, picture in said.items() if picture not in known}
    if errors:
        raise Invalid("有几处需要改正", errors=errors)


def destroy_pictures(*, cases: Collection[str]) -> int:
    """Destroy the pictures of the forms of cases, in the caller's transaction."""
    sheets = Sheet.objects.filter(round__form__case__in=[case for case in cases if case])
    return destroy_files(subject_kind=SUBJECT, subjects=set(sheets.values_list("pk", flat=True)))
