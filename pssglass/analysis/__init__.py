"""Statistics and fits of results: no SQL, no figures."""
