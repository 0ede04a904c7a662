"""Running a training: the trainer's arguments, checkpoints, Ctrl-C, progress, and where the model goes."""
