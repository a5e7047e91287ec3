"""When steps can be done at the earliest, and until when there is time."""

from datetime import timedelta

from anlan.kernel.errors import Invalid
from anlan.plans.spec.shape import PlanSpec, Step
from anlan.plans.spec.spans import span

NONE = timedelta(0)


def places_of(plan: PlanSpec) -> dict[str, tuple[str, int]]:
    """Find of each stage its response and its place in it, from the mildest."""
    return {
        f"{response.key}.{stage.key}": (response.key, place)
        for response in plan.responses
        for place, stage in enumerate(response.stages)
    }


class StageClock:
    """Reckons when steps can be done, counted from the beginning of one of their stages."""

    def __init__(self, plan: PlanSpec) -> None:
        self._steps = {step.key: step for step in plan.steps}
        self._places = places_of(plan)
        self._leads: dict[str, timedelta | None] = {}
        self._expects: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self._ends: dict[tuple[str, str], timedelta] = {}
        for response in plan.responses:
            for stage in response.stages:
                key = f"{response.key}.{stage.key}"
                self._leads[key] = _span(stage.lead)
                self._expects[key] = response.expects
                self.titles[key] = stage.title

    def end(self, step: Step, stage: str) -> timedelta:
        """Tell how long after `stage` began a step can be done; circles were excluded."""
        found = self._ends.get((step.key, stage))
        if found is None:
            waited = [self._left(key, stage) for key in step.after if key in self._steps]
            found = max(waited, default=NONE) + (_span(step.takes) or NONE)
            self._ends[step.key, stage] = found
        return found

    def begin(self, step: Step, stage: str) -> timedelta:
        """Tell how long after `stage` began the last of what it waits for is done."""
        return self.end(step, stage) - (_span(step.takes) or NONE)

    def _left(self, key: str, stage: str) -> timedelta:
        """Tell how long one waits for a step that began with this stage or a milder one.

        What began earlier had the difference of the two leads already; where no lead is known it
        is taken to be done.
        """
        step = self._steps[key]
        if stage in step.stages:
            return self.end(step, stage)
        response, place = self._places.get(stage, ("", 0))
        milder = [
            one
            for one in step.stages
            if self._places.get(one, ("", 0))[0] == response and self._places[one][1] < place
        ]
        here = self._leads.get(stage)
        left = []
        for one in milder:
            lead = self._leads[one]
            if lead is not None and here is not None:
                left.append(max(self.end(step, one) - (lead - here), NONE))
        return min(left, default=NONE)

    def allowed(self, step: Step, stage: str) -> timedelta | None:
        """Tell how long there is from the beginning of `stage`; None: nothing says."""
        within, before = _span(step.deadline.within), _span(step.deadline.before)
        limits = [within] if within is not None else []
        lead = self._leads.get(stage)
        if before is not None and lead and step.deadline.expected == self._expects.get(stage):
            limits.append(lead - before)
        return min(limits, default=None)


def _span(text: str) -> timedelta | None:
    try:
        return span(text) if text else None
    except Invalid:
        return None  # said elsewhere
