"""Keeping endpoints, and bringing them what happened."""
