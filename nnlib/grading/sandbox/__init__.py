"""Student code in processes of its own, which see nothing and leave nothing. Linux only.

A fork server under bubblewrap has imported what notebooks need. For every submission it forks a process into namespaces
and limits of its own. Cells run there, copies of it wait at graded cells, and values travel as plain bytes.

``inside`` runs in the sandbox, ``outside`` with the grader, and both speak ``wire``. Nothing inside imports from outside.
"""
