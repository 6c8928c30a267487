"""What decides in a community."""
