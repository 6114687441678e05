"""What a chat message says: alerts of the plan as words, and the bodies that Slack and Teams take."""
