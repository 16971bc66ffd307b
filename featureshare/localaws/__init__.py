"""An AWS on one loopback port: many accounts, signed requests, every call decided by the policies really applied."""
