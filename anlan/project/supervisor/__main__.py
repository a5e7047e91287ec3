"""``python -m anlan.project.supervisor``: the options of ``./run``."""

import sys

from anlan.project.supervisor.start import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
