"""Pull sources: other departments' platforms, asked at intervals as their declarations say."""
