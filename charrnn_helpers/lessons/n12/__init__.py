"""The room of notebook 12: labels, figures, checks and lab."""
