"""The base of the interactive labs, and the small pictures that they draw."""
