"""Cases (案件): nothing at the desk is opened outside one."""
