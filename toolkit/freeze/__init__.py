"""Freezing sql/ into revisions: planned, written in the author's words, proven, and pinned.

Exports nothing: migrations/env.py comes through here on every run, and needs its door only.
"""
