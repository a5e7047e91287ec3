"""How each address is asked, once, with something that is there: the walk asks as everybody.

An address of the API that is not here fails the walk, so that a new one is walked from its first
day. ``{name}`` stands for an id of the world.
"""

from io import BytesIO
from typing import Any

from anlan.base.regions.services import workbooks
from tests.declarations.demo_rows import COUNTY, VILLAGE
from tests.rights.asking import Ask
from tests.rights.beginning import BEGIN
from tests.rights.calling import CALLS
from tests.rights.forecasting import FORECASTS
from tests.rights.learning import REVIEWS
from tests.rights.losing import LOSSES
from tests.rights.mapping import MAPS
from tests.rights.messaging import COMMS
from tests.rights.moving import EVACUATIONS
from tests.rights.papering import PAPERS
from tests.rights.planning import PLANS
from tests.rights.reporting import INCIDENTS
from tests.rights.responding import RESPONSES
from tests.rights.rolling import FORMS
from tests.rights.sensing import SENSE
from tests.rights.walling import WALLS
from tests.rights.warning import OPEN_PAGES, WARN
from tests.rights.watching import WATCH
from tests.rights.world import PNG, SOURCE, sheet


def _picture() -> dict[str, Any]:
    file = BytesIO(PNG)
    file.name = "a.png"
    return {"file": file}


def _regions() -> dict[str, Any]:
    file = BytesIO(workbooks.template())
    file.name = "a.xlsx"
    return {"file": file}


def _row(register: str) -> dict[str, tuple[Ask, ...]]:
    """List the asks of one register's rows."""
    one = f"/registers/{register}/{{{register}}}"
    return {
        "GET /registers/{key}": (Ask(f"/registers/{register}", note=register),),
        "GET /registers/{key}.xlsx": (Ask(f"/registers/{register}.xlsx", note=register),),
        "GET /registers/{key}.geojson": (Ask(f"/registers/{register}.geojson", note=register),),
        "GET /registers/{key}/template.xlsx": (
            Ask(f"/registers/{register}/template.xlsx", note=register, same=True),
        ),
        "GET /registers/{key}/{row_id}": (Ask(one, note=register),),
        "PATCH /registers/{key}/{row_id}": (Ask(one, {"region": VILLAGE}, note=register),),
        "DELETE /registers/{key}/{row_id}": (Ask(one, note=register),),
        "POST /registers/{key}/{row_id}/review": (Ask(f"{one}/review", {}, note=register),),
        "GET /registers/{key}/{row_id}/history": (Ask(f"{one}/history", note=register),),
        "GET /registers/{key}/{row_id}/files": (Ask(f"{one}/files", note=register),),
    }


def _merged(*tables: dict[str, tuple[Ask, ...]]) -> dict[str, tuple[Ask, ...]]:
    whole: dict[str, tuple[Ask, ...]] = {}
    for table in tables:
        for address, asks in table.items():
            whole[address] = (*whole.get(address, ()), *asks)
    return whole


NEW_SHELTER = {
    "code": "W-1", "name": "新场所", "region": VILLAGE, "level": "village", "stay": "short",
    "space": "indoor",
}  # fmt: skip
PASSWORD = "Rain-gauge-27"

SESSION: dict[str, tuple[Ask, ...]] = {
    "GET /session": (Ask("/session"),),
    "POST /session": (Ask("/session", {"username": "nobody-at-all", "password": "x"}),),
    "DELETE /session": (Ask("/session"),),
    "POST /session/password": (Ask("/session/password", {"old": "x", "new": PASSWORD}),),
    "POST /session/totp/begin": (Ask("/session/totp/begin", {}),),
    "POST /session/totp/confirm": (Ask("/session/totp/confirm", {"otp": "1", "secret": "A"}),),
    "POST /session/totp/remove": (Ask("/session/totp/remove", {"otp": "1"}),),
}

ACCOUNTS: dict[str, tuple[Ask, ...]] = {
    "GET /users": (Ask("/users"),),
    "POST /users": (Ask("/users", {"username": "new", "name": "新人", "region": VILLAGE}),),
    "GET /users/{user_id}": (Ask("/users/{user}"),),
    "PATCH /users/{user_id}": (Ask("/users/{user}", {"name": "改名"}),),
    "POST /users/{user_id}/lock": (Ask("/users/{user}/lock", {}),),
    "POST /users/{user_id}/unlock": (Ask("/users/{user}/unlock", {}),),
    "POST /users/{user_id}/reset-password": (
        Ask("/users/{user}/reset-password", {"password": PASSWORD}),
    ),
    "GET /roles": (Ask("/roles"),),
    "GET /grants": (Ask("/grants"),),
    "POST /grants": (
        Ask("/grants", lambda w: {"user": w.ids["user"], "role": "village", "region": VILLAGE}),
    ),
    "DELETE /grants/{grant_id}": (Ask("/grants/{grant}"),),
    "GET /delegations": (Ask("/delegations"),),
    "POST /delegations": (
        Ask(
            "/delegations",
            {"taker": "clerk", "role": "commander", "region": COUNTY,
             "until": "2126-01-01T00:00:00+08:00"},
        ),
    ),
    "DELETE /delegations/{delegation_id}": (Ask("/delegations/{delegation}"),),
    "GET /tokens": (Ask("/tokens"),),
    "POST /tokens": (Ask("/tokens", {"name": "mine"}),),
    "DELETE /tokens/{token_id}": (Ask("/tokens/{token}"),),
}  # fmt: skip

PLATFORM: dict[str, tuple[Ask, ...]] = {
    "GET /regions": (Ask("/regions"), Ask(f"/regions?parent={COUNTY}", note="parent")),
    "GET /regions/at": (Ask("/regions/at?lon=121.6&lat=28.4"),),
    "GET /region-lists/template.xlsx": (Ask("/region-lists/template.xlsx", same=True),),
    "POST /region-lists/check": (Ask("/region-lists/check", form=_regions),),
    "POST /region-lists": (Ask("/region-lists", form=lambda: {**_regions(), "seen": "?"}),),
    "GET /regions/{code}": (Ask(f"/regions/{VILLAGE}"),),
    "GET /regions/{code}/children.geojson": (Ask(f"/regions/{COUNTY}/children.geojson"),),
    "GET /regions/{code}/outline.geojson": (Ask(f"/regions/{VILLAGE}/outline.geojson"),),
    "GET /journal": (Ask("/journal"), Ask("/journal?case={case}", note="case")),
    "GET /journal/head": (Ask("/journal/head"),),
    "POST /journal/seal": (Ask("/journal/seal", {}),),
    "GET /stuck": (Ask("/stuck"),),
    "POST /stuck/{kind}/{thing}/retry": (Ask("/stuck/jobs/{job}/retry", {}),),
    "POST /stuck/{kind}/{thing}/drop": (Ask("/stuck/jobs/{job}/drop", {}),),
    "GET /meta": (Ask("/meta"),),
    "GET /search": (Ask("/search?q=%E6%BC%94%E7%A4%BA"),),
    "GET /tiles/{layer}/{int:z}/{int:x}/{int:y}.mvt": (
        Ask("/tiles/shelters/6/53/26.mvt", note="shelters"),
        Ask("/tiles/households/6/53/26.mvt", note="households"),
    ),
    "GET /files/{file_id}": (Ask("/files/{file}"),),
    "DELETE /files/{file_id}": (Ask("/files/{file}"),),
}

REGISTER_ROWS: dict[str, tuple[Ask, ...]] = {
    "POST /registers/{key}": (Ask("/registers/shelters", NEW_SHELTER, note="shelters"),),
    "POST /registers/{key}/{row_id}/restore": (
        Ask("/registers/shelters/{shelters}/restore", {}, note="shelters"),
    ),
    "POST /registers/{key}/{row_id}/unmask": (
        Ask(
            "/registers/residents/{residents}/unmask",
            {"columns": ["phone"], "reason": "转移"},
            note="residents",
        ),
    ),
    "POST /registers/{key}/{row_id}/files": (
        Ask("/registers/shelters/{shelters}/files", form=_picture, note="shelters"),
    ),
    "POST /registers/{key}/import": (
        Ask(
            "/registers/shelters/import",
            form=lambda: {"file": sheet("shelters")},
            note="shelters",
        ),
    ),
    "GET /registers/{key}/imports/{identity}": (Ask("/registers/shelters/imports/{import}"),),
    "DELETE /registers/{key}/imports/{identity}": (Ask("/registers/shelters/imports/{import}"),),
    "POST /registers/{key}/imports/{identity}/accept": (
        Ask("/registers/shelters/imports/{import}/accept", {}),
    ),
}

PEOPLE: dict[str, tuple[Ask, ...]] = {
    "GET /directory": (Ask("/directory"),),
    "GET /directory/gaps": (Ask("/directory/gaps"),),
    "GET /duty": (Ask("/duty?from=2026-04-27&to=2026-05-03"),),
    "GET /duty/now": (Ask(f"/duty/now?region={VILLAGE}"),),
    "POST /exposure": (
        Ask("/exposure", {"circle": {"lon": 121.6, "lat": 28.4, "radius_m": 5000}}),
    ),
}

OBLIGATIONS: dict[str, tuple[Ask, ...]] = {
    "GET /obligations": (
        Ask("/obligations?scope=all", note="all"),
        Ask("/obligations?scope=mine", note="mine"),
    ),
    "GET /obligations/count": (Ask("/obligations/count"),),
    "GET /obligations/ladders": (Ask("/obligations/ladders"),),
    "GET /obligations/{obligation}": (Ask("/obligations/{obligation}"),),
    "POST /obligations/{obligation}/link": (Ask("/obligations/{obligation}/link", {}),),
    "POST /obligations/{obligation}/{verb}": tuple(
        Ask(f"/obligations/{{obligation}}/{verb}", {"text": "好", **more}, note=verb)
        for verb, more in (
            ("answer", {}),
            ("report", {}),
            ("verify", {}),
            ("withdraw", {}),
            ("close", {}),
            ("extend", {"until": "2126-01-01T00:00:00+08:00"}),
            ("pause", {}),
        )
    ),
    "POST /notices": (Ask("/notices", lambda w: {"title": "走查", "posts": [w.ids["posts"]]}),),
    "GET /notices": (Ask("/notices"),),
    "GET /notices/{case}": (Ask("/notices/{case}"),),
}

SOURCES: dict[str, tuple[Ask, ...]] = {
    "GET /sense/sources": (Ask("/sense/sources"),),
    "GET /sense/source-template": (Ask("/sense/source-template", same=True),),
    "POST /sense/sources/check": (
        Ask("/sense/sources/check", lambda world: {"key": world.ids["source"]}),
    ),
    "GET /sense/sources/{key}": (Ask("/sense/sources/{source}"),),
    "PUT /sense/sources/{key}": (
        Ask("/sense/sources/{source}", {"text": SOURCE, "version": "of another day"}),
    ),
    "POST /sense/sources/{key}/on": (Ask("/sense/sources/{source}/on", {}),),
    "POST /sense/sources/{key}/off": (Ask("/sense/sources/{source}/off", {"reason": ""}),),
    "POST /sense/sources/{key}/again": (Ask("/sense/sources/{source}/again", {}),),
    "GET /sense/source-secrets": (Ask("/sense/source-secrets"),),
    "PUT /sense/source-secrets/{name}": (Ask("/sense/source-secrets/walk", {"value": ""}),),
}

ASKS = _merged(
    SESSION, ACCOUNTS, PLATFORM, _row("shelters"), _row("residents"), _row("persons"),
    REGISTER_ROWS, PEOPLE, OBLIGATIONS, SOURCES, SENSE, CALLS, COMMS, WARN, FORECASTS, PLANS, FORMS,
    INCIDENTS, WATCH, BEGIN, LOSSES, RESPONSES, PAPERS, WALLS, MAPS, EVACUATIONS, REVIEWS,
)  # fmt: skip

#: Addresses outside the API, each with its leading slash.
PAGES: dict[str, Ask] = {
    **OPEN_PAGES,
    "GET /healthz": Ask("/healthz"),
    "GET /metrics": Ask("/metrics"),
    "GET /journal/<str:case>": Ask("/journal/{case}"),
    "GET /m/<str:key>": Ask("/m/not-a-link"),
    "GET /m/<str:key>/report": Ask("/m/not-a-link/report"),
    "GET /m/<str:key>/roll": Ask("/m/not-a-link/roll"),
    "GET /m/<str:key>/shelters": Ask("/m/not-a-link/shelters"),
    "GET /m/<str:key>/task/<str:obligation>": Ask("/m/not-a-link/task/{obligation}"),
    "GET /m/<str:key>/task/<str:obligation>/roll": Ask("/m/not-a-link/task/{obligation}/roll"),
    "GET /m/<str:key>/tasks": Ask("/m/not-a-link/tasks"),
    "GET /m/-/<str:name>": Ask("/m/-/not-a-script"),
    "GET /ogc/": Ask("/ogc/"),
    "GET /ogc/conformance": Ask("/ogc/conformance"),
    "GET /ogc/collections": Ask("/ogc/collections"),
    "GET /ogc/collections/<str:key>": Ask("/ogc/collections/shelters"),
    "GET /ogc/collections/<str:key>/items": Ask("/ogc/collections/shelters/items"),
    "GET /ogc/collections/<str:key>/items/<str:row>": Ask(
        "/ogc/collections/shelters/items/{shelters}"
    ),
    "GET /api/v1/openapi.json": Ask("/api/v1/openapi.json"),
    "GET /api/docs": Ask("/api/docs"),
    "GET /api/docs/shelf/<str:name>": Ask("/api/docs/shelf/start.js"),
    "GET /^(?!api/)": Ask("/"),
}
