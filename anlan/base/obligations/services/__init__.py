"""Deeds on obligations."""

from anlan.base.obligations.services.climbing import climb_due, lapse_due
from anlan.base.obligations.services.deeds import (
    answer,
    close,
    note,
    reach,
    report,
    return_,
    verify,
    withdraw,
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
    "Debt",
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
    "lapse_due",
    "make_links",
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
    "verify",
    "withdraw",
]
