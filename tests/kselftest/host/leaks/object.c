// SPDX-License-Identifier: MIT
/* A shared object in whose function the stack begins. */
int made_in_object(int (*fn)(void));

int made_in_object(int (*fn)(void))
{
	return fn() + 1;
}
