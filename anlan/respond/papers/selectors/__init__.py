"""Questions behind the papers: who is on them, what they say, which were made."""
