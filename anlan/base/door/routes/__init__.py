"""Addresses of accounts: logging in, users, roles, delegations, tokens."""
