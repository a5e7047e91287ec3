"""Registers of units, persons, telephones, posts, holdings and the watch rota."""

from anlan.base.people import selectors
from anlan.base.people.models import Account, DutyShift, Holding, Person, Phone, Post, Unit
from anlan.base.register.registry import Computed, register

PLAN = "国家突发事件总体应急预案；突发事件应对法第十九条（应急指挥机构与责任人）"
FLOOD = "防汛条例；浙江省防汛防台抗旱条例（防汛责任人公示与更新）"
WATCH = "生产安全事故应急条例第十四条（应急值班制度）；值班值守规范"


def _holder(posts: list[str]) -> dict[str, str]:
    return _named(posts, "A")


def _deputy(posts: list[str]) -> dict[str, str]:
    return _named(posts, "B")


def _named(posts: list[str], rank: str) -> dict[str, str]:
    return {
        post: "、".join(one["name"] for one in held if one["rank"] == rank)
        for post, held in selectors.holders_of(posts).items()
        if any(one["rank"] == rank for one in held)
    }


def _posts(persons: list[str]) -> dict[str, str]:
    return selectors.titles_of(persons)


def _in_force(holdings: list[str]) -> dict[str, bool]:
    return selectors.in_force(holdings)


register(
    Unit,
    key="units",
    title="单位",
    title_en="Units",
    icon="unit",
    domain="people",
    order=10,
    listed=("code", "name", "kind", "region", "parent", "duty_phone"),
    searched=("name", "code"),
    geometry="point",
    public=("name", "address", "duty_phone"),
    review_after=12,
    source=PLAN,
    demo={
        "code": "DEMO-U1", "name": "演示乡应急消防管理站", "kind": "township-station",
        "address": "演示路 1 号", "duty_phone": "0000-0000001", "lon": 121.6, "lat": 28.4,
    },
)  # fmt: skip

register(
    Person,
    key="persons",
    title="人员",
    title_en="Persons",
    icon="person",
    domain="people",
    order=20,
    listed=("code", "name", "unit", "title", "region", "posts"),
    searched=("name", "code"),
    mask=("id_number",),
    computed={"posts": Computed("现任岗位", _posts, type="longtext")},
    review_after=6,
    source=PLAN,
    demo={"code": "DEMO-P1", "name": "演示人", "sex": "2", "title": "干部", "unit": "DEMO-U1"},
)

register(
    Phone,
    key="phones",
    title="电话",
    title_en="Telephones",
    icon="phone",
    domain="people",
    order=30,
    natural=("person", "rank"),
    label="kind",
    within="person",
    listed=("person", "rank", "kind", "number", "short_number", "dead", "region"),
    searched=("number", "short_number"),
    mask=("number",),
    source=FLOOD,
    demo={"person": "DEMO-P1", "rank": 1, "kind": "mobile", "number": "10000000001"},
)

register(
    Account,
    key="accounts",
    title="网络账号",
    title_en="Mail and work accounts",
    icon="account",
    domain="people",
    order=35,
    natural=("person", "kind"),
    label="kind",
    within="person",
    listed=("person", "kind", "address", "dead", "region"),
    searched=(),
    mask=("address",),
    source=FLOOD,
    demo={"person": "DEMO-P1", "kind": "mail", "address": "demo@example.invalid"},
)

register(
    Post,
    key="posts",
    title="岗位",
    title_en="Posts",
    icon="post",
    domain="people",
    order=40,
    label="title",
    listed=("code", "title", "unit", "region", "role", "rank", "holder", "deputy"),
    searched=("title", "code"),
    computed={
        "holder": Computed("A岗", _holder, help="空为岗位空缺"),
        "deputy": Computed("B岗", _deputy),
    },
    review_after=6,
    source=FLOOD,
    demo={
        "code": "DEMO-G1", "title": "演示避灾点管理员", "unit": "DEMO-U1", "role": "shelter-keeper",
        "hazards": ["typhoon"], "rank": 1,
    },
)  # fmt: skip

register(
    Holding,
    key="holdings",
    title="任职（换届）",
    title_en="Who holds which post",
    icon="holding",
    domain="people",
    order=50,
    natural=("post", "rank", "since"),
    label="rank",
    within="post",
    listed=("post", "rank", "person", "since", "until", "now", "region"),
    searched=(),
    computed={"now": Computed("现任", _in_force, type="bool")},
    source=FLOOD,
    demo={"post": "DEMO-G1", "rank": "A", "person": "DEMO-P1", "since": "2025-01-01"},
)

register(
    DutyShift,
    key="duty-shifts",
    title="值班安排",
    title_en="Watch rota",
    icon="duty",
    domain="people",
    order=60,
    natural=("unit", "date", "shift"),
    label="shift",
    within="unit",
    listed=("unit", "date", "shift", "lead", "officer", "deputy"),
    searched=("note",),
    source=WATCH,
    demo={"unit": "DEMO-U1", "date": "2026-05-01", "shift": "whole", "officer": "DEMO-P1"},
)
