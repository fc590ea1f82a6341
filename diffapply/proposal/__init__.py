"""Which statements lead from one structure to another: proposed, put in order, put together.

`from_facts` asks the table of kinds for ways to change each fact. `places` says where each change
stands in a plan, and `room` what must go first. `composition` makes one statement of several. What
migra proposes is made fit by `rewriting`.
"""
