"""What plans cost: a view that is swapped while people read it, and a plan for a thousand objects.

Run with `make bench/plans`. It makes its own server and leaves it not running.
"""
