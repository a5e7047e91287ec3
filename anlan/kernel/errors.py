"""The one tree of errors.

::

    AnlanError
    ├── Invalid        what was given is wrong; ``errors`` says where
    ├── Forbidden      this person may not do this here
    ├── Missing        there is no such thing (or it may not be seen)
    ├── Conflict       somebody was first, or the state does not allow it
    └── Unavailable    something outside does not answer; ``retry`` says whether to try again

Raise at the cause, catch at the door. One place maps the tree to HTTP (``base.web.problems``).
Messages are Chinese sentences for the person who reads them and say what to do.
"""

from collections.abc import Mapping, Sequence

FieldErrors = Mapping[str, Sequence[str]]


class AnlanError(Exception):
    """Root of every error a caller may expect."""

    code = "error"
    status = 500

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class Invalid(AnlanError):
    """What was given is wrong; `errors` maps a field to its sentences ("" is the whole)."""

    code = "invalid"
    status = 422

    def __init__(self, detail: str = "", *, errors: FieldErrors | None = None) -> None:
        super().__init__(detail)
        self.errors: FieldErrors = errors or {}


class Forbidden(AnlanError):
    """The person may not do this here. Never says whether the thing exists."""

    code = "forbidden"
    status = 403


class Missing(AnlanError):
    """There is no such thing, or the asker may not see it."""

    code = "missing"
    status = 404


class Conflict(AnlanError):
    """Somebody was first, or the present state does not allow the deed."""

    code = "conflict"
    status = 409


class Unavailable(AnlanError):
    """Something outside does not answer; `retry` tells whether trying again can help."""

    code = "unavailable"
    status = 503

    def __init__(self, detail: str = "", *, retry: bool = True) -> None:
        super().__init__(detail)
        self.retry = retry
