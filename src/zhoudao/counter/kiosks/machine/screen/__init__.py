"""The touch screen: pages that the kiosk's own process serves to the browser in front of it, and to nobody else."""
