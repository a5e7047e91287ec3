"""Attachments through the door, on a row of a register."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.base.permissions.actor import system
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token
from anlan.base.regions.models import Region
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import save_row
from anlan.kernel import clock
from anlan.kernel.ids import new_id

pytestmark = pytest.mark.django_db

VILLAGE = "339901101201"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)


@pytest.fixture
def shelter() -> str:
    """A row to hang things on."""
    Region.objects.create(code=VILLAGE, name="前坑村", level=5)
    values = {"code": "S1", "name": "礼堂", "level": "village", "stay": "short"}
    saved = save_row(
        entry=REGISTERS["shelters"], values={**values, "region": VILLAGE}, by=system("test")
    )
    return saved.id


def _client(prefix: str) -> Client:
    user = User.objects.create(username=new_id().lower(), name="陈", region=VILLAGE)
    Grant.objects.create(user=user, role="township", prefix=prefix, by="test", at=clock.now())
    text, _ = create_token(user=user, name="test", expires=None, by=system("test"))
    return Client(headers={"authorization": f"Bearer {text}"})


def _picture(name: str = "照片.png", content: bytes = PNG) -> dict[str, SimpleUploadedFile]:
    # The sender lies about the type; nobody believes it.
    return {"file": SimpleUploadedFile(name, content, "text/html")}


def test_a_picture_is_attached_listed_shown_and_removed(shelter: str) -> None:
    asker, address = _client("339901101"), f"/api/v1/registers/shelters/{shelter}/files"
    made = asker.post(address, _picture())
    assert made.status_code == 201, made.content
    assert made.json()["mime"] == "image/png"
    listed = asker.get(address).json()["items"]
    assert [row["name"] for row in listed] == ["照片.png"]
    shown = asker.get(listed[0]["url"])
    assert shown.content == PNG
    assert shown["Content-Type"] == "image/png"
    assert shown["Content-Disposition"].startswith("inline; filename*=UTF-8''%E7%85%A7")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown["Content-Security-Policy"]
    assert asker.delete(listed[0]["url"]).status_code == 204
    assert asker.get(listed[0]["url"]).status_code == 404


def test_markup_is_refused_whatever_it_is_called(shelter: str) -> None:
    refused = _client("339901101").post(
        f"/api/v1/registers/shelters/{shelter}/files", _picture("a.png", b"<script>1</script>")
    )
    assert refused.status_code == 422
    assert "file" in refused.json()["errors"]


def test_a_stranger_is_not_told_that_there_is_anything(shelter: str) -> None:
    address = f"/api/v1/registers/shelters/{shelter}/files"
    file = _client("339901101").post(address, _picture()).json()
    stranger = _client("339901102")
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, _picture()).status_code == 404
    assert stranger.get(file["url"]).status_code == 404
    assert stranger.delete(file["url"]).status_code == 404
    assert Client().get(file["url"]).status_code in (401, 403, 404)
