-- name: keys_given
SELECT seq FROM sqlite_sequence WHERE name = 'api_keys';
