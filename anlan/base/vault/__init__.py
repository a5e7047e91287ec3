"""Personal values, encrypted with a key per person, so that erasing is destroying a key."""
