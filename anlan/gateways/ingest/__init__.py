"""The ingest process: every door observations come in by, and the one intake behind them.

Its event loop holds the MQTT door, the socket other processes relay bodies over, and the
connections to external brokers; decoding of large bodies, the intake and the pull sources have
threads of their own. Nobody is told that data arrived before it is durable.
"""
