"""The database room: the only place that imports a database driver."""
