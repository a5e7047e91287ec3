"""指挥大屏: the situation in ten figures, and what a hall looks at; it reads and does nothing."""
