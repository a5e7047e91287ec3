"""What those who owe are asked: by their kind, or each by what its subject asks."""

from collections.abc import Iterable, Mapping

from anlan.base.obligations.kinds import KINDS, Ask
from anlan.base.obligations.models import Obligation

Form = tuple[Ask, ...]


def report_form(kind: str, subject: str) -> Form:
    """Tell what the report on one subject asks."""
    return report_forms([(kind, subject)]).get((kind, subject), KINDS[kind].report_form)


def report_forms(asked: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Form]:
    """Tell what reports ask by kind and subject; kinds that ask the same of all are left out."""
    wanted: dict[str, set[str]] = {}
    for kind, subject in asked:
        if KINDS[kind].forms:
            wanted.setdefault(kind, set()).add(subject)
    found: dict[tuple[str, str], Form] = {}
    for kind, subjects in wanted.items():
        tell = KINDS[kind].forms
        told = tell(sorted(subjects)) if tell else {}
        found |= {(kind, subject): form for subject, form in told.items()}
    return found


def form_in(forms: Mapping[tuple[str, str], Form], row: Obligation) -> Form:
    """Find what the report on an obligation asks among forms read before."""
    return forms.get((row.kind, row.subject), KINDS[row.kind].report_form)


def forms_of(rows: Iterable[Obligation]) -> Mapping[tuple[str, str], Form]:
    """Read what the reports on some obligations ask: one question a kind, not one a row."""
    return report_forms((row.kind, row.subject) for row in rows)
