"""Units, posts and who holds them, persons, the watch rota, the directory."""
