"""Benchmarks: the same answer by several roads, counted first and timed second."""
