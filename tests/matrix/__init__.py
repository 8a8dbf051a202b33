"""Every wrong answer that the tests hold, of every kind of task, in one table: `make matrix`."""
