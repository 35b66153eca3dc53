"""A fleet of simulated kiosks before a platform that is made for it and thrown away."""
