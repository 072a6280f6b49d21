// SPDX-License-Identifier: MIT
/*
 * What the tests of the library share: see acl_test.h.
 */
#include "acl_test.h"
#include "module.h"

#include <setjmp.h>

/*
 * What a program that does not define MODULE_ARGS gets. Not const: the compiler would
 * use this value although another definition replaces it.
 */
__attribute__((weak)) const char *module_args = "devices=4 capacity_mb=128 host_mb=128";

static sigjmp_buf touch_back;

__attribute__((constructor)) void module_prepare(void)
{
	if (module_file() && module_replace(module_args))
		module_load("");
}

uint64_t module_stat(enum acl_emu_stat which)
{
	struct acl_emu_query q = {
		.head.size = sizeof(q), .param = ACL_EMU_PARAM_STAT, .index = which,
	};
	int fd = node_open();

	if (fd < 0 || ioctl(fd, ACL_EMU_IOCTL(QUERY), &q))
		q.value = UNTOUCHED;
	close(fd);
	return q.value;
}

struct acl_emu_device_info memory_of(uint32_t type, uint32_t id)
{
	struct acl_emu_device_info info = {
		.head.size = sizeof(info), .loc = { .type = type, .id = id },
	};
	int fd = node_open();

	if (fd < 0 || ioctl(fd, ACL_EMU_IOCTL(DEVICE_INFO), &info))
		info.used = UNTOUCHED;
	close(fd);
	return info;
}

/* Codes of the layer above the runtime, and what aclrtGetDevice() finds, are not recorded. */
static aclError last_of(const char *call, aclError code)
{
	if (code / 1000 % 100 != 7)
		return ACL_SUCCESS;
	return code == ACL_ERROR_RT_CONTEXT_NULL && !strncmp(call, "aclrtGetDevice(", 15) ?
	       ACL_SUCCESS : code;
}

const char *blame(const char *call, aclError code, const char *word, char why[512])
{
	aclError last = aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL);
	const char *text = aclGetRecentErrMsg();
	size_t name = strcspn(call, "(");
	char number[24];

	snprintf(number, sizeof(number), "(%d)", code);
	why[0] = '\0';
	if (last != last_of(call, code))
		snprintf(why, 512, "last error is %d", last);
	else if (!text)
		snprintf(why, 512, "no sentence");
	else if (strncmp(text, call, name) || text[name] != ':')
		snprintf(why, 512, "the sentence does not begin with the call: %.400s", text);
	else if (!strstr(text, number))
		snprintf(why, 512, "the sentence lacks %s: %.400s", number, text);
	else if (word && !strstr(text, word))
		snprintf(why, 512, "the sentence lacks '%s': %.400s", word, text);
	else if (aclGetRecentErrMsg())
		snprintf(why, 512, "reading did not clear the sentence");
	return why;
}

static void touch_signal(int signal)
{
	siglongjmp(touch_back, signal);
}

int touch(void *addr)
{
	struct sigaction act = { .sa_handler = touch_signal }, bus, segv;
	volatile char *p = addr;
	int signal;

	sigaction(SIGBUS, &act, &bus);
	sigaction(SIGSEGV, &act, &segv);
	signal = sigsetjmp(touch_back, 1);
	if (!signal)
		*p = *p;
	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGSEGV, &segv, NULL);
	return signal;
}

bool filled(const void *addr, size_t size, uint64_t seed)
{
	const unsigned char *p = addr;
	size_t i;

	for (i = 0; i < size; i++)
		if (p[i] != pattern(i, seed))
			return false;
	return true;
}

bool zeroed(const void *addr, size_t size)
{
	const uint64_t *p = addr;
	size_t i;

	for (i = 0; i < size / sizeof(*p); i++)
		if (p[i])
			return false;
	return true;
}

aclError block_map(struct block *b, size_t size, aclrtDrvMemHandle handle)
{
	aclError code = reserve(&b->addr, size);

	b->size = size;
	b->handle = handle;
	if (!code)
		code = aclrtMapMem(b->addr, size, 0, handle, 0);
	return code ? code : grant_host(b->addr, size);
}

uint64_t own_ranges(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long first;
	uint64_t n = 0;
	char line[512];

	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx", &first) == 1 && first >= ACL_EMU_VA_USER_FIRST &&
		    first < 80 * TIB)
			n++;
	fclose(maps);
	return n;
}

struct world world_now(void)
{
	struct world w = { .host = host_used(), .ranges = own_ranges() };
	int i;

	for (i = 0; i < WORLD_DEVICES; i++)
		w.used[i] = used(i);
	for (i = 0; i < ACL_EMU_STAT_END; i++)
		w.count[i] = module_stat((enum acl_emu_stat)i);
	return w;
}

void world_same(struct __test_metadata *_metadata, const struct world *before)
{
	static const char *const name[] = {
		[ACL_EMU_STAT_HANDLES] = "handles", [ACL_EMU_STAT_PHYS] = "allocations",
		[ACL_EMU_STAT_MAPPINGS] = "mappings", [ACL_EMU_STAT_SHARES] = "shares",
		[ACL_EMU_STAT_SYNCS] = "syncs",
	};
	struct world now = world_now();
	int i;

	for (i = 0; i < WORLD_DEVICES; i++) {
		EXPECT_EQ(before->used[i], now.used[i]) TH_LOG("bytes in use on device %d", i);
	}
	EXPECT_EQ(before->host, now.host) TH_LOG("bytes in use on the host");
	EXPECT_EQ(before->ranges, now.ranges) TH_LOG("reservations of this process");
	for (i = 0; i < (int)(sizeof(name) / sizeof(name[0])); i++) {
		if (!name[i])
			continue;
		EXPECT_EQ(before->count[i], now.count[i]) TH_LOG("%s", name[i]);
	}
}

void world_open(struct __test_metadata *_metadata, struct world *w)
{
	struct acl_emu_device_info second = memory_of(ACL_EMU_LOC_DEVICE, 1);

	ASSERT_NE(UNTOUCHED, used(0)) TH_LOG("no /dev/acl_emu");
	ASSERT_NE(UNTOUCHED, second.used) TH_LOG("the tests need two devices");
	*w = world_now();
	WORKS(aclInit(NULL));
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtSetDevice(0));
}

struct new_thread {
	aclError (*call)(void *arg);
	void *arg;
	aclError code;
};

static void *new_thread_run(void *data)
{
	struct new_thread *t = data;

	t->code = t->call(t->arg);
	return NULL;
}

aclError in_new_thread(aclError (*call)(void *arg), void *arg)
{
	struct new_thread t = { .call = call, .arg = arg, .code = ACL_ERROR_FAILURE };
	pthread_t thread;

	if (!pthread_create(&thread, NULL, new_thread_run, &t))
		pthread_join(thread, NULL);
	return t.code;
}
