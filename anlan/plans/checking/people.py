"""Whether there is somebody to do it: posts held, telephones alive, no region left out."""

from collections import defaultdict
from collections.abc import Iterator

from anlan.plans.checking.facts import Facts, PostFact
from anlan.plans.checking.findings import Finding
from anlan.plans.spec.shape import PlanSpec

#: So many names stand in a sentence; the rest is counted.
NAMED = 3


def check_people(plan: PlanSpec, facts: Facts) -> Iterator[Finding]:
    """Find places nobody fills, steps nobody owes, telephones that are dead, regions left out."""
    owed: dict[str, PostFact] = {}
    for group in plan.groups:
        for member in group.members:
            found = facts.members(group, member)
            owed |= {post.code: post for post in found}
            if not found:
                yield Finding("error", "nobody-in-group", f"groups/{group.key}",
                              "「{title}」没有对应的岗位", {"title": member.title})  # fmt: skip
    for step in plan.steps:
        found = facts.debtors(plan, step.who)
        owed |= {post.code: post for post in found}
        at = f"steps/{step.key}"
        if not found:
            yield Finding("error", "nobody-owes", at, "没有岗位来做这件事")
        missing = [facts.regions[code][0] for code in facts.uncovered(step.who)]
        if found and missing:
            yield Finding("gap", "region-without-post", at,
                          "{count} 个地区没有这个岗位：{names}",
                          {"count": len(missing), "names": some(missing)})  # fmt: skip
    yield from _held(list(owed.values()))


def _held(posts: list[PostFact]) -> Iterator[Finding]:
    """One finding a role, not one a post: five hundred lines are read by nobody."""
    vacant: dict[str, list[str]] = defaultdict(list)
    silent: dict[str, list[str]] = defaultdict(list)
    for post in posts:
        if not post.holders:
            vacant[post.role].append(post.title)
        elif not post.reachable:
            silent[post.role].append(post.title)
    for role, titles in sorted(vacant.items()):
        yield Finding("gap", "vacant-post", f"roles/{role}", "{count} 个岗位没有人：{names}",
                      {"count": len(titles), "names": some(titles)})  # fmt: skip
    for role, titles in sorted(silent.items()):
        yield Finding("gap", "dead-phone", f"roles/{role}",
                      "{count} 个岗位打不通（没有号码或号码已失效）：{names}",
                      {"count": len(titles), "names": some(titles)})  # fmt: skip


def some(names: list[str]) -> str:
    """Name the first few."""
    head = "、".join(sorted(names)[:NAMED])
    return f"{head} …" if len(names) > NAMED else head
