"""Tells small-business owners which tasks others may do, and which they must keep."""
