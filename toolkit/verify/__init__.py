"""Verification: what the API promises, tried as its callers would try it."""
