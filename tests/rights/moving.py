"""Batches of people who must leave, in every state, and how each address of them is asked."""

import io
from typing import Any

from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.respond.evacuation import services
from anlan.respond.evacuation.models import Entry
from anlan.respond.evacuation.selectors.roll import Query
from anlan.respond.evacuation.services.sheets import write_sheet
from tests.declarations.demo_rows import COUNTY, VILLAGE
from tests.rights.asking import Ask

BATCH = {"title": "演示转移", "region": COUNTY, "hazards": ["geological"]}
_BOOK: list[bytes] = []


def put_up(ids: dict[str, str]) -> None:
    """Add a draft, a batch under way, one of which the danger is over and one that is closed."""
    commander = actor_of(User.objects.get(username="commander"))
    for name in ("closed", "lifted", "ordered", "draft"):
        made = services.draft_evacuation(ask=services.Ask(**BATCH), by=commander)  # type: ignore[arg-type]
        ids[f"{name}-evacuation"] = made
        if name == "draft":
            continue
        if name == "ordered":
            ids["evacuation-entry"] = Entry.objects.filter(evacuation=made)[0].pk
        services.order_evacuation(evacuation=made, by=commander)
        if name != "ordered":
            services.lift_danger(evacuation=made, by=commander)
        if name == "closed":
            services.close_evacuation(evacuation=made, by=commander)
    _, book = write_sheet(
        evacuation=ids["ordered-evacuation"], query=Query(), language="zh", by=commander
    )
    _BOOK[:] = [book]


def _book() -> dict[str, Any]:
    file = io.BytesIO(_BOOK[0])
    file.name = "list.xlsx"
    return {"file": file}


ONE = "/evacuations/{evacuation}"
ORDERED = "/evacuations/{ordered-evacuation}"
EVACUATIONS: dict[str, tuple[Ask, ...]] = {
    "GET /evacuations": (Ask("/evacuations"),),
    "POST /evacuations": (Ask("/evacuations", BATCH),),
    "GET /evacuations/choices": (Ask("/evacuations/choices"),),
    f"GET {ONE}": (Ask(ORDERED),),
    f"POST {ONE}/build": (Ask("/evacuations/{draft-evacuation}/build", {}),),
    f"POST {ONE}/assign": (Ask("/evacuations/{draft-evacuation}/assign", {}),),
    f"POST {ONE}/drop": (Ask("/evacuations/{draft-evacuation}/drop", {}),),
    f"POST {ONE}/order": (Ask("/evacuations/{draft-evacuation}/order", {}),),
    f"POST {ONE}/lift": (Ask(f"{ORDERED}/lift", {"reason": "走查"}),),
    f"POST {ONE}/close": (Ask("/evacuations/{lifted-evacuation}/close", {}),),
    f"POST {ONE}/erase": (Ask("/evacuations/{closed-evacuation}/erase", {}),),
    f"GET {ONE}/entries": (Ask(f"{ORDERED}/entries"),),
    f"POST {ONE}/entries/{{entry}}/unmask": (
        Ask(f"{ORDERED}/entries/{{evacuation-entry}}/unmask", {"reason": "走查"}),
    ),
    f"POST {ONE}/ticks": (
        Ask(
            f"{ORDERED}/ticks",
            lambda world: {"ticks": [{"entry": world.ids["evacuation-entry"], "state": "told"}]},
        ),
    ),
    f"POST {ONE}/people": (
        Ask(f"{ORDERED}/people", {"village": VILLAGE, "state": "relatives", "name": "走查"}),
    ),
    f"GET {ONE}/shelters": (Ask(f"{ORDERED}/shelters?all=true"),),
    f"GET {ONE}/list.xlsx": (Ask(f"{ORDERED}/list.xlsx"),),
    f"POST {ONE}/list.xlsx": (Ask(f"{ORDERED}/list.xlsx", form=_book),),
}
