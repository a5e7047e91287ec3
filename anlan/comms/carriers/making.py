"""The carrier for a declared channel."""

from anlan.comms.carriers.console import KEY as CONSOLE
from anlan.comms.carriers.console import ConsoleCarrier
from anlan.comms.carriers.http import HttpCarrier
from anlan.comms.carriers.parcels import Carrier
from anlan.comms.carriers.smtp import SmtpCarrier
from anlan.comms.declaration import Declaration
from anlan.kernel import workspace
from anlan.kernel.errors import Conflict


def make_carrier(declared: Declaration) -> Carrier:
    """Make the carrier; `Missing` when a secret of it is not there.

    Asked once more here, where every message passes: a workspace that may reach nobody has the
    console and nothing else, however it came to ask for another.
    """
    here = workspace.current()
    if here.console_only and declared.kind != CONSOLE:
        raise Conflict("演练和演示只有控制台，不向外发送")
    if declared.kind == CONSOLE:
        return ConsoleCarrier()
    if declared.kind == "smtp":
        return SmtpCarrier(declared, here.dir)
    return HttpCarrier(declared, here.dir)
