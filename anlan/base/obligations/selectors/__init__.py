"""Questions about what is owed."""

from anlan.base.obligations.selectors.forms import form_in, forms_of, report_form
from anlan.base.obligations.selectors.judging import judges_of, may_judge
from anlan.base.obligations.selectors.lists import (
    SCOPES,
    Query,
    describe,
    is_mine,
    listed,
    mine,
    one,
    open_count,
    page,
    verbs,
)
from anlan.base.obligations.selectors.notices import notice, notices
from anlan.base.obligations.selectors.reviews import without_keeper
from anlan.base.obligations.selectors.together import (
    Asked,
    are_theirs,
    asked_of,
    asked_together,
    asked_with,
)
from anlan.base.obligations.selectors.turning import still_turned_to
from anlan.base.obligations.selectors.words import Worded, words_of, words_told

__all__ = [
    "SCOPES",
    "Asked",
    "Query",
    "Worded",
    "are_theirs",
    "asked_of",
    "asked_together",
    "asked_with",
    "describe",
    "form_in",
    "forms_of",
    "is_mine",
    "judges_of",
    "listed",
    "may_judge",
    "mine",
    "notice",
    "notices",
    "one",
    "open_count",
    "page",
    "report_form",
    "still_turned_to",
    "verbs",
    "without_keeper",
    "words_of",
    "words_told",
]
