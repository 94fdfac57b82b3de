"""Notebook 17: faster and larger."""
