"""Questions about responses: what asks for one, what runs, who owes which step."""
