"""Self-service kiosks (自助机): devices with keys of their own, what they hand in, and who looks after them."""
