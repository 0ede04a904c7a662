"""The systems that a comparison compares, one file each: which queries they need, and how they rank."""
