"""What proves an image policy at deployment, and says which pushes concern it; not in the Lambda archive."""
