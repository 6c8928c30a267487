"""Notes: pictures with goods on them, and the feed that shows them."""
