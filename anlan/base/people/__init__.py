"""Units, persons, posts, duty rota, households, residents."""
