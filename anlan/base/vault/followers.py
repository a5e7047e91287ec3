"""What has to go when keys are destroyed and no key of theirs seals: papers that name many people.

Called in the transaction that destroys the keys, with the subjects whose keys go.
"""

from collections.abc import Callable, Sequence

from anlan.kernel.registry import Registry

Follower = Callable[[Sequence[str]], None]
FOLLOWERS: Registry[Follower] = Registry("随个人信息一并销毁的")


def follows_erasure(key: str) -> Callable[[Follower], Follower]:
    """Let a function destroy what else names erased subjects."""
    return lambda follower: FOLLOWERS.add(key, follower)
