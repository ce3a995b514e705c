// The least that a program of Node can do.
