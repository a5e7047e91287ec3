"""The way in over HTTP: who asks, in what language, and how errors leave."""
