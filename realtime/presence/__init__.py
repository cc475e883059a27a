"""Who is here in a group, and who is writing."""
