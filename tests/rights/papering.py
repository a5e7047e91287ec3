"""A pack that is made, a briefing, a case, and how each address of papers and cases is asked."""

from anlan.base.jobs.registry import JobContext
from anlan.base.permissions.actor import system
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.respond.papers import services
from anlan.respond.responses.models import Response
from tests.declarations.demo_rows import COUNTY
from tests.rights.asking import Ask


def put_up(ids: dict[str, str]) -> None:
    """Make a pack of the response that runs, and a briefing."""
    officer = actor_of(User.objects.get(username="duty-officer"))
    ids["pack"] = services.ask_pack(response=ids["response"], by=officer)
    by = system("papers")
    services.make_pack(pack=ids["pack"], context=JobContext("", by.ref), by=by)
    ids["briefing"] = services.make_briefing(region=COUNTY, by=officer).pk
    ids["response-case"] = Response.objects.get(pk=ids["response"]).case


PAPERS: dict[str, tuple[Ask, ...]] = {
    "GET /responses/{response}/packs": (Ask("/responses/{response}/packs"),),
    "POST /responses/{response}/packs": (Ask("/responses/{response}/packs", {}),),
    "GET /packs/{pack}/papers.zip": (Ask("/packs/{pack}/papers.zip"),),
    "POST /packs/{pack}/printed": (Ask("/packs/{pack}/printed", {}),),
    "GET /briefings": (Ask("/briefings"),),
    "POST /briefings": (Ask("/briefings", {"region": COUNTY}),),
    "GET /briefings/{briefing}/word": (Ask("/briefings/{briefing}/word"),),
    "GET /cases/{case}": (Ask("/cases/{response-case}"),),
    "GET /cases/{case}/desk": (Ask("/cases/{response-case}/desk"),),
    "GET /cases/{case}/export": (Ask("/cases/{response-case}/export?form=json"),),
}
