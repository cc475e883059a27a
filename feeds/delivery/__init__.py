"""Deliveries of activities: the outbox, leases and retries, the queue of the workers, and the backlog."""
