"""Replicas in operation: what has arrived, and copying what was there before the rules."""
