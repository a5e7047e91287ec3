"""The supervisor: starts, watches and stops the processes of one workspace.

Standard library and ``anlan.kernel`` only, so that it lives on whatever its children do.

What it does with a data directory ``DIR``
------------------------------------------
1. takes ``DIR/lock`` (flock; freed by the kernel however we die) and ends what an earlier, killed
   supervisor may have left behind (found by ``ANLAN_SUPERVISED=DIR`` in the environment);
2. **binds the listening sockets itself**, so that a used port is found before anything starts;
3. makes ``workspace.json`` and the secret on the first start, then keeps them;
4. runs the preparations one after another (migrate; demo load or the first administrators);
5. starts the roles, restarts each that dies, and prints the ready line when ``/healthz`` says 200.

What a child gets
-----------------
``python -m anlan.project ROLE`` with ``ANLAN_DATA``, ``ANLAN_HOST``, ``ANLAN_PORT`` and
``ANLAN_SUPERVISED`` in its environment. Web processes are started as
``serve --host H --port P --worker N --fd F``: ``F`` is an inherited, bound and listening TCP
socket, one for each of them on the same port; the system shares out the connections. The
supervisor keeps them open, so a web process that dies loses no waiting connection: its successor
accepts it.
SIGTERM asks a child to finish within ten seconds; then its process group is killed. When the
supervisor itself is killed, the kernel sends its children SIGTERM (``leash.py``).

``DIR/control.sock`` takes one JSON line and answers with one (``control.py``).
"""
