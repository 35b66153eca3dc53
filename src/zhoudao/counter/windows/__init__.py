"""Who is served when: tickets, windows, appointments and waits (窗口与排队)."""
