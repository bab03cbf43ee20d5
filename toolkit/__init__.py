"""HEPHAITOS database toolkit: migrations that are proven, functions that are measured."""

__version__ = "0.1.0"
