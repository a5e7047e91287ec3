"""Who may do what where, asked in one place (权限)."""
