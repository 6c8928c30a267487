"""The verbs of media."""
