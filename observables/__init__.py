"""The built-in observables, one file each; README.md beside this file tells how to add your own."""
