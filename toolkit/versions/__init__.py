"""Two versions of a function: do they answer alike, what do they cost, is the old still called?"""
