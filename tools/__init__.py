"""What made the data and models that xqg ships; not part of the package, and run from the repository's root."""
