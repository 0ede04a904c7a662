"""Training encoders: one file a method."""
