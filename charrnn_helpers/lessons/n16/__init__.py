"""The room of notebook 16: what this lesson alone needs."""
