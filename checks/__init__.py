"""What neither SQL nor dbt can check of itself: the specification against the models, and where identifiers go."""
