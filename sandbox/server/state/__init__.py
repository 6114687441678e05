"""What the imitated services know at the world's present instant, built by replaying events."""
