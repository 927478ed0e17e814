#include <stdio.h>

const char *greeting(void);
int plus(void);

int main(void) { return plus() != 0 || puts(greeting()) < 0; }
