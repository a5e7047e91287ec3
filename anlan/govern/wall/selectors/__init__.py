"""Questions of the wall: ten figures, what stands behind each, and the panels beside them."""
