"""What forces a replacement, asked of HashiCorp's AWS provider: the parts of tools/replacement_table.py."""
