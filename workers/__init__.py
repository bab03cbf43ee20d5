"""The tenant's long-running programs: what has to happen outside the database."""
