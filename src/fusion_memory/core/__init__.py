"""The words of the domain. Nothing here reads a file, a clock, a database or a model."""
