"""``python -m anlan.forecast.adapters FOLDER``: compute one run. Needs no Django and no database.

Ends with 0 and a result, 3 and a reason, or otherwise; the log then says where it broke.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from anlan.forecast.adapters.folder import Folder
from anlan.forecast.adapters.registry import load
from anlan.kernel.errors import AnlanError

REFUSED: Final = 3


def main(argv: Sequence[str]) -> int:
    """Compute the run of a folder; returns the exit code."""
    folder = Folder(Path(argv[0]))
    try:
        found = load()[folder.request().engine]
        folder.answer(found.run(folder))
    except AnlanError as error:
        folder.refuse(error.detail or error.code)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
