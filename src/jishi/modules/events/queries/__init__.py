"""Reading events."""
