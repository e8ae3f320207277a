"""What a return of a year says of the lives."""
