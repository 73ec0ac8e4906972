"""What the processes say to each other: plain records, standard library only."""
