"""Floor 3, the public half (便民服务): what residents and enterprises need from the police."""
