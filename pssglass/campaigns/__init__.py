"""What to make: specifications, and the files that they are read from."""
