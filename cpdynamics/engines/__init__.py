"""What turns a structure and a request into numbers."""
