"""`python -m toolkit` is `hephaitos`."""

from toolkit.cli import main

main()
