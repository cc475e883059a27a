"""What is owed to an activity: rows of the outbox, leases, retries, and the queue of the workers."""
