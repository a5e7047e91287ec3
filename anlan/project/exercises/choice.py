"""What an exercise takes along: the registers and who may work with them, nothing that happened.

Every row of every register model is copied (`Row`) that is not named in `LEFT`, and of the other
models those named in `TAKEN`. A test walks all models: one that is neither copied nor named in
`LEFT` fails it, so that whoever adds a table decides.
"""

from typing import Any

from django.apps import apps
from django.db.models import DateField, Model

from anlan.base.register.models import Row
from anlan.base.vault.fields import SealedField
from anlan.base.vault.keyring import PLATFORM, TOKENS
from anlan.base.vault.models import Key, Token

#: Models besides the registers', as Django labels them. Keys and tokens: only those of subjects
#: whose rows are copied.
TAKEN = frozenset(
    (
        "basemap.Drawing", "basemap.Feature",
        # With the grids that come along a storm can be computed there again.
        "forecast.Bulletin",
        "permissions.Grant", "permissions.User",
        "plans.Plan", "plans.PlanVersion",
        "regions.Boundary", "regions.Edition", "regions.Region",
        "sense.Rule", "sense.RuleVersion",
        "vault.Key", "vault.Token",
    )
)  # fmt: skip
#: What happened, who is logged in, what is under way: an exercise begins without.
LEFT = frozenset(
    (
        # Whose eyes a view is for does not matter in a drill; whoever drills saves their own.
        "atlas.SavedView",
        "cases.Case", "files.File",
        "comms.Attempt", "comms.CarrierState", "comms.ConsoleNote", "comms.Message",
        "comms.Readiness", "comms.ReadinessPlan", "comms.Reply", "comms.Sender", "comms.Stray",
        "duty.Entry", "duty.Handover", "duty.RollCall",
        "evacuation.Entry", "evacuation.Evacuation", "evacuation.Part", "evacuation.Tick",
        # Who signed what is of the desk; a drill computes and signs for itself.
        "forecast.Grid", "forecast.LevelCheck", "forecast.Run", "forecast.Score",
        "forecast.Series", "forecast.StationOutlook", "forecast.VillageOutlook",
        # A form repeats by itself, and so does a roll call: whoever drills draws up their own.
        "duty.RollPlan",
        "forms.Form", "forms.Revision", "forms.Round", "forms.Sheet",
        "incidents.Clock", "incidents.Dispatch", "incidents.Incident", "incidents.Instruction",
        "incidents.Report",
        "jobs.Job", "jobs.Schedule", "jobs.Worker",
        "journal.Detail", "journal.Entry",
        "learn.Lesson", "learn.Review",
        "obligations.Obligation", "obligations.Rung", "obligations.Step",
        "outbox.Delivery", "outbox.Event",
        # A pack names people; an exercise prints its own.
        "papers.Briefing", "papers.Pack",
        "permissions.Delegation", "permissions.Epoch", "permissions.Link",
        "permissions.OldPassword", "permissions.Refusal", "permissions.Session",
        "permissions.Token", "permissions.WallKey",
        "register.Import",
        # Registers of what happened: no drill needs the names of the dead.
        "relief.Casualty", "relief.DamagedHouse",
        "relief.LossDraft", "relief.LossMatter", "relief.LossReport",
        "responses.Order", "responses.Proposal", "responses.Response", "responses.StepDebt",
        "responses.StepRun", "responses.Turn",
        "sense.Alarm", "sense.Backfill", "sense.DeviceKey", "sense.Epoch", "sense.Maintenance",
        "sense.Shelving",
        "sources.SourceState", "sources.SourceTry",
        # A standing order is signed for the real thing; whoever drills signs one for the drill.
        "warn.Alert", "warn.Approval", "warn.Arrival", "warn.CallPress", "warn.CallRound",
        "warn.Lookout", "warn.OpenEdition", "warn.Original", "warn.Published", "warn.Received",
        "warn.Reference", "warn.Refused", "warn.ResponseDue", "warn.SilentVillage",
        "warn.StandingOrder",
    )
)  # fmt: skip
#: Besides the registers, what follows the workspace's clock and so moves with it.
MOVED = frozenset(("permissions.Grant",))
#: Keys that belong to no row.
OWN_KEYS = (TOKENS, PLATFORM)


def taken() -> list[type[Model]]:
    """List the models whose rows are copied, in the order of the applications."""
    return [
        model
        for model in apps.get_models()
        if model._meta.label in TAKEN or (issubclass(model, Row) and model._meta.label not in LEFT)
    ]


def moved_columns(model: type[Model]) -> set[str]:
    """Name the columns of a model that hold days and times of the workspace's clock."""
    if not (
        (issubclass(model, Row) and model._meta.label not in LEFT) or model._meta.label in MOVED
    ):
        return set()
    return {str(field.column) for field in fields(model) if isinstance(field, DateField)}


def fields(model: type[Model]) -> list[Any]:
    """List the fields that are columns."""
    return [field for field in model._meta.local_concrete_fields if field.column]


def is_of_vault(model: type[Model]) -> bool:
    """Tell whether only the rows of copied subjects are taken."""
    return model in (Key, Token)


def subjects() -> list[tuple[str, str]]:
    """List (table, column) of everything that names a subject whose values are copied."""
    found = set()
    for model in taken():
        for field in fields(model):
            if isinstance(field, SealedField):
                subject = model._meta.get_field(field.subject)
                found.add((model._meta.db_table, str(getattr(subject, "column", ""))))
    return sorted(found)


def erasable() -> list[str]:
    """List the tables of copied rows that say themselves when they were erased."""
    return sorted(
        model._meta.db_table
        for model in taken()
        if any(field.column == "erased_at" for field in fields(model))
    )
