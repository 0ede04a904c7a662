"""The commands, one a file: the file's name is the command's, the first name of its `__all__` is what it does."""
