"""What queues and views that refresh themselves cost, each beside the same without it."""
