/* Directories are the business of a mounted file system, and nothing is mounted here. */
