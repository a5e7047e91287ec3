"""What goes wrong at the door; all of them are refusals of the kernel's tree."""

from anlan.kernel.errors import Forbidden


class Unauthenticated(Forbidden):
    """Nobody knows who is asking."""

    code = "unauthenticated"
    status = 401


class TotpRequired(Unauthenticated):
    """The password was right; the code of the authenticator app is still missing."""

    code = "totp-required"


class Locked(Forbidden):
    """Too many failures; `wait_s` tells how long."""

    code = "locked"
    status = 423

    def __init__(self, detail: str, *, wait_s: int) -> None:
        super().__init__(detail)
        self.wait_s = wait_s
