"""Words, prices, icons and faces for templates."""
