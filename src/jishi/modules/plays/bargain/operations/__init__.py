"""The verbs of bargaining."""
