"""What `hephaitos check` costs with nothing to do, shadow load included; beside alembic_utils.

Run with `make bench/freezing`.
"""
