"""A simulated commander: decides on what nobody has decided on, and ends what nothing asks for.

Only where a whole storm is replayed: whoever plays its night alone decides themselves. A proposal
waits so long for a person as the table says; what this commander started is ended at a full hour at
which none of the plan's triggers is met any more, by name and with a reason, and its review opens.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.demo.days.recording import moment
from anlan.kernel.errors import AnlanError
from anlan.plans.selectors.steps import in_force
from anlan.respond.responses import services
from anlan.respond.responses.models import Proposal, Response
from anlan.respond.responses.selectors.asking import asked_by, sight
from anlan.respond.responses.selectors.leftover import leftover

#: Account of the commander (see `accounts`).
COMMANDER: Final = "moni-zhihui"
HOUR_MS: Final = 3_600_000


class Commander:
    """Decides when the clock stands; the same in every replay, cut off or not.

    `since` is how far the replay has come, ms.
    """

    def __init__(self, patience_min: float, word: str, since: int) -> None:
        self._patience, self._word = timedelta(minutes=patience_min), word
        self._hour = since // HOUR_MS

    def act(self, at: int) -> int:
        """Start, raise and end what it is time for; tells how many decisions."""
        by = self._actor
        if by is None:
            return 0
        done = self._take(moment(at), by)
        hour = at // HOUR_MS
        if hour != self._hour:
            done += self._end(by)
        self._hour = hour
        return done

    @cached_property
    def _actor(self) -> Actor | None:
        user = User.objects.filter(username=COMMANDER).first()
        return None if user is None else actor_of(user)

    def _take(self, now: datetime, by: Actor) -> int:
        """Decide on proposals that have waited long enough; a raise only of what it started."""
        waiting = Proposal.objects.filter(closed_at=None, made_at__lte=now - self._patience)
        return sum(self._decide(one, by) for one in waiting.order_by("pk"))

    def _decide(self, asked: Proposal, by: Actor) -> int:
        running = Response.objects.filter(plan=asked.plan_id, key=asked.key, ended_at=None).first()
        reason = f"{self._word}{asked.stage_title}的启动条件已达到，会商一致"
        try:
            if running is None:
                start = services.Start(
                    plan=asked.plan_id, key=asked.key, stage=asked.stage, reason=reason
                )
                services.start_response(start=start, by=by)
            elif running.started_by == by.ref:
                turned = services.Turned(
                    response=running.pk, turn=running.turn, stage=asked.stage, reason=reason
                )
                services.move_response(turned=turned, by=by)
            else:
                return 0
        except AnlanError:  # it is not this post's to decide: that is for whoever sits there
            return 0
        return 1

    def _end(self, by: Actor) -> int:
        mine = list(Response.objects.filter(started_by=by.ref, ended_at=None).order_by("pk"))
        if not mine:
            return 0
        seen = sight()
        asked = {
            (plan.plan.pk, one.response.key)
            for plan in in_force()
            for one in asked_by(plan, seen)
            if one.reasons
        }
        return sum(self._end_one(row, by) for row in mine if (row.plan_id, row.key) not in asked)

    def _end_one(self, row: Response, by: Actor) -> int:
        reason = f"{self._word}启动条件都已消失，会商决定结束"
        try:
            if leftover(row).total:
                services.carry_over(response=row.pk, turn=row.turn, reason=reason, by=by)
            end = services.End(response=row.pk, turn=row.turn, reason=reason)
            services.end_response(end=end, by=by)
        except AnlanError:  # somebody else is at it
            return 0
        return 1
