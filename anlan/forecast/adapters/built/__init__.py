"""The engines that come with the platform, one a file."""
