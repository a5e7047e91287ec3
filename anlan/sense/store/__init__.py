"""The store of observations: durable, first value wins; in segments or in PostgreSQL.

The writing process opens it with `open_store`, every other one with `open_reader`.
"""

from pathlib import Path

from anlan.sense.store.interface import Reader, Store


def open_store(directory: Path, url: str = "") -> Store:
    """Open a workspace's store for writing; an empty `url` means segments in `directory`.

    With a URL the directory holds the files of old days.

    Raises
    ------
    Conflict
        Another process writes to it.
    """
    if url:
        from anlan.sense.store.postgres.writing import PostgresStore

        return PostgresStore(url, directory)
    from anlan.sense.store.segments.writing import SegmentsStore

    return SegmentsStore(directory)


def open_reader(directory: Path, url: str = "") -> Reader:
    """Open a workspace's store for reading, written to or not yet."""
    if url:
        from anlan.sense.store.postgres.reading import PostgresReader

        return PostgresReader(url, directory)
    from anlan.sense.store.segments.reading import SegmentsReader

    return SegmentsReader(directory)
