"""The verbs of offers and coupons."""
