"""Loyalty 会员: points, tiers, badges, missions, rewards, paid membership."""
