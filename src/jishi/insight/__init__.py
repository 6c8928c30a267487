"""What the shop's numbers say. Reads through doors, computes in plain functions, writes nothing."""
