"""An nbgrader course: its directory, its problem sets, the folders that students hand in."""
