"""Webhooks: who is subscribed, what the bodies look like, and how deliveries are tried and tried again."""
