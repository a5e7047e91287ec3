"""Replaying a recorded day through the real doors, as the devices of that day would have sent it.

Senders are processes of their own that know nothing but addresses, device keys and the recording;
the stepper moves the workspace's clock, lets them send what is due and waits until everything that
came of it is done.
"""
