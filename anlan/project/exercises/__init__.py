"""Exercise workspaces: copies of a workspace's registers, with a journal and a clock of their own.

An exercise of the workspace at ``DIR`` lies at ``DIR/exercises/NAME`` and nowhere else, so that
erasing a person finds every copy. It is an ordinary workspace of kind ``exercise``: SQLite, a
master key of its own, console channels only, served by a supervisor of its own.

``DIR/exercises/.NAME.XXXX`` are copies being made (their maker holds the lock in them) or left by
one that was killed; nobody but `drafts` looks at them.
"""
