"""What the functions of the API cost, beside their floors and every other road, on each server.

Run with `make bench/functions`. It makes its own servers and leaves none running.
"""
