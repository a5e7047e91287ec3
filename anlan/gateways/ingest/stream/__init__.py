"""Observations through NATS JetStream: any number of doors publish, one process at a time writes.

A door resolves what was sent (who may write what, units, what lies in the future), publishes the
rest and tells its sender only once JetStream has it. Every ingest process would consume; the one
that gets the store's lock does, the others stand by. It acknowledges to JetStream what it has
committed, so that what it had not when it was killed is delivered to the next.
"""
