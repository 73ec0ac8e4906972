"""What a program did and what it means, in prose: pure, from data to words."""
