/** Runs in every test file: tests must end with no live inference session. */
