"""The engine of the exercises' checks, and what several lessons' checks share."""
