"""Everything that must be kept, in one file; and back again.

The file is a ZIP. ``manifest.json``, its last member, names every other member with its size and
SM3, so that a damaged or half-written file is refused before anything is touched::

    workspace/...            the data directory, without what a running process makes anew
    records/NAME.sqlite3     a consistent copy of each SQLite database, without free pages
    tables/NAME.copy         PostgreSQL: each table, as COPY writes it, of one snapshot
    manifest.json

The master key is in it only when asked for: whoever has file and key reads every person.
"""
