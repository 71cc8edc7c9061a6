"""What the benchmarks of the grader share.

course        notebooks, generated classes and the course folders that hold them
consumption   what a command and all that it starts compute, wait and hold in memory
floor         the students' own computing, in a process that has imported everything
spans         the time a submission takes over a long run, part by part
"""
