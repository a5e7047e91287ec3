"""Questions of the one map."""
