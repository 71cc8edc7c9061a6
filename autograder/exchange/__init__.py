"""nbgrader's exchange, the folder through which a shared server's students fetch and hand in.

``folders`` makes it with the rights that nbgrader needs and no others, ``configuring`` tells the
course and the students where it is, ``extensions`` looks whether JupyterLab shows its menus,
``state`` says how far each assignment has come; ``setting_up`` calls them one after the other,
``command`` is what is typed.
"""
