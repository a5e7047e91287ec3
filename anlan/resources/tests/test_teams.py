import pytest
from django.core.exceptions import ValidationError

from anlan.resources.models import Team


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"members": 10, "certified": 11}, "certified"),
        ({"kind": "grassroots", "grade": "1"}, "grade"),
        ({"lon": 121.0}, "lat"),
    ],
)
def test_a_team_that_contradicts_itself_is_refused(values: dict[str, object], column: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Team(**values).clean()
    assert list(refused.value.message_dict) == [column]


@pytest.mark.parametrize(
    "values",
    [
        {"members": None, "certified": 11},
        {"members": 10, "certified": None},
        {"kind": "social", "grade": "1"},
    ],
)
def test_what_is_not_known_of_a_team_contradicts_nothing(values: dict[str, object]) -> None:
    Team(**values).clean()
