"""Training data: where examples come from (one file a source), counts, leaks, hard negatives."""
