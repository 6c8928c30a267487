"""Bargain 砍价."""
