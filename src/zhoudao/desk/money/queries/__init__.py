"""What the pages of the money room show. Each look passes the gate before anything is opened."""
