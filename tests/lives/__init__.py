"""Workers live and die at random, and the promise is looked at all the while."""
