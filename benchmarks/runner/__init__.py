"""What the runner costs from empty to head: beside psql and dbmate, and gate by gate.

Run with `make bench/runner`. It makes its own server, installs dbmate from npm into a folder that
is gone afterwards, and leaves nothing running.
"""
