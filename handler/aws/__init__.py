"""Every call to AWS, with every answer checked and every error translated."""
