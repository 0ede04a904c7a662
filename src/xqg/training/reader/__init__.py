"""Training readers: one file a method."""
