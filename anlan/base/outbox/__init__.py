"""Events that leave a transaction with it and reach every handler once."""
