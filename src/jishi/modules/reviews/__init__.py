"""Reviews 晒单."""
