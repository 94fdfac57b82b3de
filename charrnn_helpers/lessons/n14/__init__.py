"""The room of notebook 14: surnames, figures, checks and lab."""
