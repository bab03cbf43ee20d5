"""What the engine costs: reading facts, comparing them, cloning a database; beside alternatives.

Run with `make bench/engine`. It makes its own server and its own virtual environment for the tool
it is compared with, and leaves neither running.
"""
