"""What is found in a plan before anybody has to follow it; pure, from facts that are given."""

from anlan.plans.checking.clocks import StageClock
from anlan.plans.checking.facts import Facts, PostFact, related
from anlan.plans.checking.findings import Finding, Gravity
from anlan.plans.checking.whole import check_plan

__all__ = ["Facts", "Finding", "Gravity", "PostFact", "StageClock", "check_plan", "related"]
