"""Files out: the published tables as people and tools read them."""
