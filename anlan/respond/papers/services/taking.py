"""Taking a pack: names and telephones leave the platform here, so it is journalled first."""

from django.db import transaction

from anlan.base.files import store
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level
from anlan.base.vault import services as vault
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.respond.papers.models import Pack
from anlan.respond.papers.selectors.composing import part_of
from anlan.respond.papers.services.packing import note

TOWN_LENGTH = scope.LENGTHS[Level.TOWN - 1]


def take_pack(*, pack: str, region: str = "", by: Actor) -> tuple[str, bytes]:
    """Take a pack, or the part of one township; returns its name and the zip's bytes.

    A township takes its own part only.
    """
    row = Pack.objects.select_related("response").filter(pk=pack).first()
    town = scope.normalise(region) if region else ""
    if row is None or not may(by, "papers.view", town or row.region_id):
        raise Missing("没有这个纸质包")
    if town and not _inside(row, town):
        raise Missing("没有这个纸质包")
    permit(by, "papers.take", town or row.region_id)
    content = _opened(row)
    if town:
        content = part_of(content, scope.prefix(town))
        if not content:
            raise Missing("这个纸质包里没有这个乡镇的材料")
    with transaction.atomic():
        note(row, "taken", by, {"region": town or row.region_id, "sm3": row.digest})
    where = regions.names([town or row.region_id]).get(town or row.region_id, "")
    return f"{where}{row.stage_title}纸质包第{row.number}号.zip", content


def _inside(row: Pack, town: str) -> bool:
    if len(scope.prefix(town)) != TOWN_LENGTH:
        raise Invalid("请选择乡镇", errors={"region": ["只能按乡镇取"]})
    return any(scope.covers(scope.prefix(code), town) for code in row.response.regions)


def _opened(row: Pack) -> bytes:
    if row.destroyed_at is not None:
        raise Conflict("这个纸质包里有人的个人信息已销毁，整包一并销毁了；请重新生成")
    if row.made_at is None:
        raise Conflict("纸质包还没有生成")
    content = vault.open_bytes(row.pk, store.read(row.sm3))
    if content is None or store.digest(content) != row.digest:
        raise Conflict("纸质包的文件已损坏，请重新生成")
    return content
