"""The verbs of reviews."""
