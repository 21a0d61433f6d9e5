"""The embedded database: one SQLite file through APSW, the only driver of this room."""
