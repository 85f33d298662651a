"""What is noticed, where and when (registret)."""
