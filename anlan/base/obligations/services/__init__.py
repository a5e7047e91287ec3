"""Deeds on obligations."""

from anlan.base.obligations.services.again import tell_again
from anlan.base.obligations.services.climbing import climb_due, lapse_due
from anlan.base.obligations.services.deadlines import Deferred, move_deadlines
from anlan.base.obligations.services.deeds import (
    answer,
    close,
    note,
    reach,
    report,
    withdraw,
)
from anlan.base.obligations.services.judging import (
    RETURNED,
    VERIFIED,
    Judgement,
    judge,
    return_,
    verify,
)
from anlan.base.obligations.services.moving import Reply, fits
from anlan.base.obligations.services.notices import Notice, Sent, send_notice
from anlan.base.obligations.services.owing import Debt, owe, owe_many
from anlan.base.obligations.services.phone import (
    destroy_voices,
    make_links,
    respond_by_link,
    respond_by_links,
    see_by_link,
)
from anlan.base.obligations.services.responding import (
    Responded,
    Saying,
    respond,
    respond_each,
    respond_many,
)
from anlan.base.obligations.services.reviews import open_reviews
from anlan.base.obligations.services.settling import settle, settle_all, settle_these
from anlan.base.obligations.services.time import approve, pause, refuse, request_extension, resume

__all__ = [
    "RETURNED",
    "VERIFIED",
    "Debt",
    "Deferred",
    "Judgement",
    "Notice",
    "Reply",
    "Responded",
    "Saying",
    "Sent",
    "answer",
    "approve",
    "climb_due",
    "close",
    "destroy_voices",
    "fits",
    "judge",
    "lapse_due",
    "make_links",
    "move_deadlines",
    "note",
    "open_reviews",
    "owe",
    "owe_many",
    "pause",
    "reach",
    "refuse",
    "report",
    "request_extension",
    "respond",
    "respond_by_link",
    "respond_by_links",
    "respond_each",
    "respond_many",
    "resume",
    "return_",
    "see_by_link",
    "send_notice",
    "settle",
    "settle_all",
    "settle_these",
    "tell_again",
    "verify",
    "withdraw",
]
