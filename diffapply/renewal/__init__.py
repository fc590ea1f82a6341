"""What a transition makes anew, and what that keeps: owner, grants, numbers."""
