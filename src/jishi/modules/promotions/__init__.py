"""Promotions 优惠: offers, coupons and the price engine."""
