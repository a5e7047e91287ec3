"""Coming in through the HTTP door as somebody with a role."""

from django.test import Client

from anlan.base.people.tests.village import BY, COUNTY
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token
from anlan.kernel import clock
from anlan.kernel.ids import new_id


def client(role: str, prefix: str) -> Client:
    """Make a client of a user with a role over a region (a trimmed code)."""
    user = User.objects.create(username=new_id().lower(), name="陈建国", region=COUNTY)
    Grant.objects.create(user=user, role=role, prefix=prefix, by="test", at=clock.now())
    text, _ = create_token(user=user, name="test", expires=None, by=BY)
    return Client(headers={"authorization": f"Bearer {text}"})
