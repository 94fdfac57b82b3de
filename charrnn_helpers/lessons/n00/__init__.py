"""The room of notebook 00."""
