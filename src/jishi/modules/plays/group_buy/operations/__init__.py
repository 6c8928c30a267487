"""The verbs of group buying, one file each."""
