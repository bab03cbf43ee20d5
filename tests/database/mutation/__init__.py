"""Mutants of the functions in sql/, and whether the proofs or a function's own tests notice."""
