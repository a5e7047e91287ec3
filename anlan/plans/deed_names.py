"""What deeds of plans are called in the journal."""

from anlan.base.journal.deeds import name_deed

TOPIC = "plan"
SUBJECT = "plan"

#: Verb -> key of the deed on a plan.
PLAN = {
    "drafted": name_deed("plans.drafted", "起草预案", "Drafted a plan"),
    "asked": name_deed("plans.revision-asked", "要求修订预案", "Asked for a plan's revision"),
    "submitted": name_deed("plans.submitted", "报批预案", "Sent a plan for approval"),
    "returned": name_deed("plans.returned", "退回预案", "Sent a plan back"),
    "approved": name_deed("plans.approved", "批准预案", "Approved a plan"),
    "retired": name_deed("plans.retired", "废止预案", "Abolished a plan"),
}
