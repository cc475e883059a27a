"""Who is here and who writes, in groups that show it."""
