"""Ways to train a reader, by name; one file each: a recipe's class, and where the work is done."""
