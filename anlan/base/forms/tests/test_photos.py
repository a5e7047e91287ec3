"""A column of pictures: by desk and by phone, once, only one's own; in the table and in Excel."""

import io

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.base.files.models import File
from anlan.base.forms import selectors, services
from anlan.base.forms.excel.writing import merged_book
from anlan.base.forms.models import Round, Sheet
from anlan.base.forms.selectors.merging import merged
from anlan.base.forms.tests.conftest import COLUMNS, DUTY, OTHER, TOWN, Turn, World, drawn
from anlan.base.forms.tests.test_phone import link, page, version
from anlan.base.people.tests import village as v
from anlan.kernel.errors import Invalid

pytestmark = pytest.mark.django_db

#: A grey point, as a picture.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c63680000008200817dd6cb2f0000000049454e44ae426082"
)
COLUMN = {"key": "shot", "label": "现场照片", "type": "photo", "required": True}


@pytest.fixture
def album(people: None) -> World:  # noqa: ARG001 - they must be there
    """A form that asks for a picture."""
    return World(services.draw_form(drawn=drawn(columns=[*COLUMNS, COLUMN]), by=DUTY))


def hang(sheet: Sheet, by: object = TOWN, content: bytes = PICTURE) -> str:
    return services.hang_photo(sheet=sheet.pk, content=content, by=by)  # type: ignore[arg-type]


def cells(round_: Round) -> list[object]:
    book = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(merged_book(merged(DUTY, round_.pk)))
    )
    return [cell for line in book.get_sheet_by_index(0).iter_rows() for cell in line]


def test_a_desk_hangs_a_picture_and_the_table_and_excel_tell_which(album: World) -> None:
    round_ = album.open()
    sheet = album.sheet(round_)
    with pytest.raises(Invalid) as refused:
        album.fill(sheet, TOWN, {"moved": 1})
    assert list(refused.value.errors) == ["rows.0.shot"]
    shot = hang(sheet)
    assert hang(sheet) == shot
    album.fill(sheet, TOWN, {"moved": 1, "shot": shot})
    assert selectors.sheet_told(DUTY, sheet.pk)["begin"][0]["shot"] == shot
    row = next(one for one in merged(DUTY, round_.pk).rows if one.sheet.pk == sheet.pk)
    assert row.rows is not None
    assert row.rows[0]["shot"] == shot
    assert f"照片 {shot}" in cells(round_)
    file = File.objects.get(pk=shot)
    assert (file.subject_kind, file.subject, file.region) == ("form-sheet", sheet.pk, v.TOWN)


def test_a_picture_of_another_sheet_and_what_is_none_are_refused(album: World) -> None:
    round_ = album.open()
    mine, theirs = album.sheet(round_), album.sheet(round_, v.OTHER)
    shot = hang(theirs, OTHER)
    for wrong in (shot, "01K3Z9X7T0000000000000000B", "看过了"):
        with pytest.raises(Invalid) as refused:
            album.fill(mine, TOWN, {"moved": 1, "shot": wrong})
        assert list(refused.value.errors) == ["rows.0.shot"]
    with pytest.raises(Invalid):
        hang(mine, content=b"no picture")


def test_last_times_picture_is_not_copied(album: World, turn: Turn) -> None:
    first = album.sheet(album.open())
    album.fill(first, TOWN, {"moved": 3, "shot": hang(first)})
    turn.forward(hours=2)
    second = album.sheet(album.open(after=1))
    services.copy_last(sheet=second.pk, version=second.version, by=TOWN)
    begin = selectors.sheet_told(TOWN, second.pk)["begin"][0]
    assert (begin["moved"], begin["shot"]) == (3, None)


def test_a_phone_sends_a_picture_once_and_keeps_it_while_the_rest_is_typed(
    album: World, client: Client
) -> None:
    sheet = album.sheet(album.open())
    address = link(sheet)
    text = page(client, address)
    assert "enctype=multipart/form-data" in text
    for _ in range(2):
        text = page(
            client, address, act="save", version=version(text),
            **{"r0.moved": "5", "r0.shot.file": SimpleUploadedFile("a.png", PICTURE)},  # type: ignore[arg-type]
        )  # fmt: skip
        assert "已有照片" in text
    (shot,) = File.objects.filter(subject=sheet.pk).values_list("pk", flat=True)
    done = page(
        client, address, act="submit", version=version(text),
        **{"r0.moved": "5", "r0.shot": shot},
    )  # fmt: skip
    assert "已上报，谢谢。" in done
    assert selectors.sheet_told(DUTY, sheet.pk)["begin"][0]["shot"] == shot


def test_erasing_a_matter_destroys_its_pictures(people: None) -> None:  # noqa: ARG001
    form = services.draw_form(drawn=drawn(columns=[*COLUMNS, COLUMN], case="C1"), by=DUTY)
    world = World(form)
    sheet = world.sheet(world.open())
    hang(sheet)
    assert services.destroy_pictures(cases=["", "C2"]) == 0
    assert services.destroy_pictures(cases=["C1"]) == 1
    assert not File.objects.filter(subject=sheet.pk).exists()
