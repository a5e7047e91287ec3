"""`python -m anlan.project COMMAND`: what the console script `anlan` runs."""

from anlan.project.cli import main

main()
