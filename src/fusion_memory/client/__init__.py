"""A memory that is kept elsewhere: the same protocol over HTTP."""
