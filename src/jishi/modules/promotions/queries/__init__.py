"""Reading offers and coupons."""
