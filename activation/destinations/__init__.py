"""One file per destination. To add one: a class with the methods of `ports.Destination`, a plan model, a test."""
