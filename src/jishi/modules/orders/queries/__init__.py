"""Reading carts, orders and shipping fees."""
