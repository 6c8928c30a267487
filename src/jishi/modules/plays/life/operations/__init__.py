"""The verbs of a play's life and of its budget."""
