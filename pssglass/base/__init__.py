"""What every part of the program stands on: errors, checks, files, results."""
