"""Relief: loss reports (灾情), relief goods and money, resettlement and recovery."""
