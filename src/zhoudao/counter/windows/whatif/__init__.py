"""Staffing what-if: past days played again with other windows, and what that would have meant for waits."""
