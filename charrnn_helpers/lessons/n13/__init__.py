"""The room of notebook 13: checks and lab."""
