// SPDX-License-Identifier: MIT
/* A shared object in whose function the stack begins. */
__attribute__((visibility("default")))
int made_in_object(int (*fn)(void))
{
	return fn() + 1;
}
