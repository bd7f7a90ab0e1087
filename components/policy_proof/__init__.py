"""What proves an image policy at deployment; nothing of it is in the Lambda archive."""
