"""What a county still lacks before the platform can serve it (我的县)."""
