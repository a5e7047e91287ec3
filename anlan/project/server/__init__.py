"""The web server of one process: granian's RSGI worker, Django in threads, the event stream.

How a request goes
------------------
granian's runtime thread parses it and calls `Entrance.arrive` (`runtime.py`). From there

- a page or file of the front end is answered at once from memory (`anlan.web.pages`),
- an API request that reads goes straight to the *quick lane*, one thread that runs Django
  (`lanes.py`); it answers from that thread. No event loop lies between, which halves the cost,
- one that writes goes to the *write lane*, another single thread: it waits at the database's gate
  and for the disk, and no reader waits behind it,
- one with a body is read by the event loop first (limits, time-outs, large bodies to a file),
- what is known to take long (logging in, Excel) goes to the *slow lane*, so that a list never
  waits behind it,
- observations that devices and programs post are relayed to the ingest process by the event loop
  (`relaying.py`), past Django; hundreds may wait for the disk at once,
- ``/api/v1/stream`` stays in the event loop (`stream/`), a thousand clients at once.

The listening socket is the supervisor's (``--fd``): a process that is killed loses neither the port
nor the connections that wait in its queue. Without ``--fd`` the process binds one itself with
SO_REUSEPORT, so that several can be started side by side by hand.
"""
