"""Making packs in the background."""

from anlan.base.jobs.registry import JobContext, job
from anlan.base.permissions.actor import system
from anlan.respond.papers import services
from anlan.respond.papers.states import MAKE


@job(MAKE, title="生成纸质包", title_en="Make a paper pack")
def make(context: JobContext, pack: str) -> dict[str, int]:
    """Make one pack; tells what is in it."""
    return services.make_pack(pack=pack, context=context, by=system("papers"))
