"""Training generators: one file a method."""
