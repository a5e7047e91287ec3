"""Excel in and out: the same columns as the form, the same errors, the same one write path."""
