"""What can be done with a flash sale."""
