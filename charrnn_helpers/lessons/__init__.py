"""One room a lesson: ``n03`` holds what only notebook 03 uses.

A room has the modules that its lesson needs: ``checks`` (the exercises' checks),
``figures`` (drawings that no other lesson draws) and ``lab`` (the interactive lab). It
imports the taught modules and the shared kits (``exercises``, ``plotting``, ``lab``),
never another room; nothing but its notebook, the tests and the tools imports it.
"""
