"""What reaches whom: fan-out, timelines and notifications, derived from activities."""
