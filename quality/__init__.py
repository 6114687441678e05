"""Quality: what must hold before anything is published or pushed, as Great Expectations suites written in code."""
