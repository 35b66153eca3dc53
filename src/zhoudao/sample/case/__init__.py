"""A case to try the desk on: a small ring of accounts, and what its banks answered, as banks answer.

Made when the sample is loaded, in well under a second; nobody in it is real (see ``zhoudao.sample.people.numbers``).
"""
