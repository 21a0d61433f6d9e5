"""What we keep, one file per kind. Every function takes the transaction and the Access it acts under."""
