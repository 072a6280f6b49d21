// SPDX-License-Identifier: MIT
/*
 * The form of every ioctl: sizes, padding, flags, pointers, who may call.
 */
#include "ioctls.h"
#include "uapi_test.h"

#define ROOM	8192
#define BODY	sizeof(struct acl_emu_head)

#define FOR_EACH_FORM(form) \
	for (const struct ioctl_form *form = ioctl_forms; form < ioctl_forms + ioctl_count; form++)

static union {
	struct acl_emu_head head;
	uint8_t bytes[ROOM];
} arg, copy;

static void fill(const struct ioctl_form *form, uint32_t size, uint8_t body)
{
	memset(&arg, 0, sizeof(arg));
	memset(arg.bytes + BODY, body, form->size - BODY);
	arg.head.size = size;
}

UAPI_FIXTURE(cmd)

/* Each number of the interface is in the table once, and its errors are documented. */
TEST_F(cmd, table)
{
	unsigned int seen[ACL_EMU_NR_END] = { 0 };

	FOR_EACH_FORM(form) {
		ASSERT_LT(form->nr, ACL_EMU_NR_END);
		seen[form->nr]++;
		if (form->err) {
			EXPECT_TRUE(ioctl_may_fail(form->nr, form->err, form->reason))
				TH_LOG("%s", form->name);
		}
	}
	for (unsigned int nr = ACL_EMU_NR_BASE; nr < ACL_EMU_NR_END; nr++) {
		EXPECT_EQ(1, seen[nr]) TH_LOG("number %#x", nr);
	}
}

TEST_F(cmd, unknown_number)
{
	fill(&ioctl_forms[0], sizeof(arg), 0);
	EXPECT_EQ(-ENOTTY, uapi_ioctl(self->fd, 0, &arg));
	EXPECT_EQ(-ENOTTY, uapi_ioctl(self->fd, ACL_EMU_NR_BASE - 1, &arg));
	EXPECT_EQ(-ENOTTY, uapi_ioctl(self->fd, ACL_EMU_NR_END, &arg));
	EXPECT_EQ(-ENOTTY, uapi_ioctl(self->fd, 0xff, &arg));
}

/* The number holds neither a size nor a direction. */
TEST_F(cmd, other_encodings)
{
	struct acl_emu_query query = UAPI_ARG(acl_emu_query);

	EXPECT_EQ(-1, ioctl(self->fd, _IOWR(ACL_EMU_IOCTL_TYPE, ACL_EMU_NR_QUERY,
					    struct acl_emu_query), &query));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, ioctl(self->fd, _IO('x', ACL_EMU_NR_QUERY), &query));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(0, ioctl(self->fd, ACL_EMU_IOCTL(QUERY), &query));
	EXPECT_EQ(ACL_EMU_ABI_VERSION, query.value);
}

/* Bytes of the first version of the structure; fields may have been added since. */
static uint32_t first_size(const struct ioctl_form *form)
{
	return form->nr == ACL_EMU_NR_DEVICE_INFO ? offsetof(struct acl_emu_device_info, backed) :
						    form->size;
}

TEST_F(cmd, too_short)
{
	FOR_EACH_FORM(form) {
		const uint32_t sizes[] = { 0, 4, BODY - 1, BODY, first_size(form) - 1 };

		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			fill(form, sizes[i], 0);
			EXPECT_EQ(-EINVAL, uapi_ioctl(self->fd, form->nr, &arg))
				TH_LOG("%s with %u bytes", form->name, sizes[i]);
		}
	}
}

/* A program of the first version gets its fields, and nothing behind them. */
TEST_F(cmd, first_version)
{
	struct acl_emu_device_info info = UAPI_ARG(acl_emu_device_info, .loc = uapi_device(0),
						   .backed = ~0ull);

	info.head.size = offsetof(struct acl_emu_device_info, backed);
	EXPECT_EQ(0, UAPI_CALL(self->fd, DEVICE_INFO, &info));
	EXPECT_NE(0, info.capacity);
	EXPECT_EQ(~0ull, info.backed);
}

/* A tail of zeros changes nothing, and is left alone. */
TEST_F(cmd, longer)
{
	FOR_EACH_FORM(form) {
		struct acl_emu_head exact;
		int rc;

		fill(form, form->size, 0);
		rc = uapi_ioctl(self->fd, form->nr, &arg);
		exact = uapi_last;
		/* RESET closed it. */
		ASSERT_EQ(0, uapi_device_open(self->fd, 0));
		fill(form, 4096, 0);
		EXPECT_EQ(rc, uapi_ioctl(self->fd, form->nr, &arg)) TH_LOG("%s", form->name);
		EXPECT_EQ(exact.reason, uapi_last.reason) TH_LOG("%s", form->name);
		EXPECT_EQ(4096, arg.head.size) TH_LOG("%s", form->name);
		for (uint32_t at = form->size; at < 4096; at++) {
			ASSERT_EQ(0, arg.bytes[at]) TH_LOG("%s at %u", form->name, at);
		}
		ASSERT_EQ(0, uapi_device_open(self->fd, 0));
	}
}

TEST_F(cmd, dirty_tail)
{
	FOR_EACH_FORM(form) {
		const uint32_t at[] = { form->size, form->size + 1, 4095 };

		for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
			fill(form, 4096, 0);
			arg.bytes[at[i]] = 1;
			EXPECT_EQ(-E2BIG, uapi_ioctl(self->fd, form->nr, &arg))
				TH_LOG("%s at %u", form->name, at[i]);
		}
	}
}

TEST_F(cmd, longer_than_a_page)
{
	FOR_EACH_FORM(form) {
		fill(form, 4097, 0);
		EXPECT_EQ(-E2BIG, uapi_ioctl(self->fd, form->nr, &arg)) TH_LOG("%s", form->name);
		fill(form, ~0u, 0);
		EXPECT_EQ(-E2BIG, uapi_ioctl(self->fd, form->nr, &arg)) TH_LOG("%s", form->name);
	}
}

TEST_F(cmd, padding)
{
	FOR_EACH_FORM(form) {
		fill(form, form->size, 0);
		arg.head.pad = 1;
		EXPECT_FAIL(EINVAL, RESERVED, offsetof(struct acl_emu_head, pad), 0,
			    uapi_ioctl(self->fd, form->nr, &arg));
		if (!form->pad)
			continue;
		fill(form, form->size, 0);
		arg.bytes[form->pad + 3] = 0x80;
		EXPECT_FAIL(EINVAL, RESERVED, form->pad, 0, uapi_ioctl(self->fd, form->nr, &arg));
	}
}

TEST_F(cmd, unknown_flags)
{
	FOR_EACH_FORM(form)
		for (int bit = 0; bit < 32; bit++) {
			if (form->flags & 1u << bit)
				continue;
			fill(form, form->size, 0);
			arg.head.flags = form->flags | 1u << bit;
			EXPECT_FAIL(EINVAL, FLAGS, 1u << bit, form->flags,
				    uapi_ioctl(self->fd, form->nr, &arg));
		}
}

/* Only reason and val change when a call fails. */
TEST_F(cmd, failure_keeps_other_fields)
{
	FOR_EACH_FORM(form) {
		if (!form->err)
			continue;
		fill(form, form->size, 0x5a);
		if (form->pad)
			memset(arg.bytes + form->pad, 0, sizeof(uint32_t));
		arg.head.reason = 0xdeadbeef;
		arg.head.val[0] = 0xdeadbeefdeadbeefull;
		arg.head.val[1] = 0xdeadbeefdeadbeefull;
		copy = arg;
		EXPECT_EQ(-form->err, uapi_ioctl(self->fd, form->nr, &arg))
			TH_LOG("%s", form->name);
		EXPECT_EQ(form->reason, arg.head.reason) TH_LOG("%s", form->name);
		EXPECT_NE(0xdeadbeefdeadbeefull, arg.head.val[0]) TH_LOG("%s", form->name);
		EXPECT_NE(0xdeadbeefdeadbeefull, arg.head.val[1]) TH_LOG("%s", form->name);
		EXPECT_EQ(copy.head.size, arg.head.size);
		EXPECT_EQ(copy.head.flags, arg.head.flags);
		EXPECT_EQ(0, memcmp(copy.bytes + BODY, arg.bytes + BODY, sizeof(arg) - BODY))
			TH_LOG("%s", form->name);
	}
}

/* A default that the module filled in is not written either. */
TEST_F(cmd, failure_writes_no_result)
{
	struct acl_emu_range_reserve reserve = UAPI_ARG(acl_emu_range_reserve,
		.addr = ACL_EMU_VA_USER_FIRST, .size = SIZE_2M);

	ASSERT_EQ(0, uapi_reserve_fixed(self->fd, ACL_EMU_VA_USER_FIRST, SIZE_2M));
	reserve.head.flags = ACL_EMU_RANGE_FIXED;
	EXPECT_FAIL_AS(EADDRINUSE, VA_TAKEN, UAPI_CALL(self->fd, RANGE_RESERVE, &reserve));
	EXPECT_EQ(0, reserve.align);
	EXPECT_EQ(ACL_EMU_VA_USER_FIRST, reserve.addr);
}

/* A call that succeeds clears the reason and its values. */
TEST_F(cmd, success_clears_the_reason)
{
	struct acl_emu_tgid tgid = UAPI_ARG(acl_emu_tgid);

	tgid.head.reason = 7;
	tgid.head.val[0] = 8;
	tgid.head.val[1] = 8;
	EXPECT_EQ(0, UAPI_CALL(self->fd, GET_TGID, &tgid));
	EXPECT_WHY(NONE, 0, 0);
	EXPECT_EQ(getpid(), tgid.tgid);
}

TEST_F(cmd, bad_pointer)
{
	uint8_t *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, page);
	ASSERT_EQ(0, munmap(page + 4096, 4096));
	FOR_EACH_FORM(form) {
		unsigned int nr = _IO(ACL_EMU_IOCTL_TYPE, form->nr);

		EXPECT_EQ(-1, ioctl(self->fd, nr, NULL));
		EXPECT_EQ(EFAULT, errno) TH_LOG("%s NULL", form->name);
		EXPECT_EQ(-1, ioctl(self->fd, nr, 0xffff800000000000ul));
		EXPECT_EQ(EFAULT, errno) TH_LOG("%s kernel address", form->name);

		/* The first half is there, the second is not. */
		fill(form, form->size, 0);
		memcpy(page + 4096 - form->size / 2, &arg, form->size / 2);
		EXPECT_EQ(-1, ioctl(self->fd, nr, page + 4096 - form->size / 2));
		EXPECT_EQ(EFAULT, errno) TH_LOG("%s cut off", form->name);
	}
}

static int call_all(int sock, void *data)
{
	int fd = *(int *)data;

	(void)sock;
	FOR_EACH_FORM(form) {
		fill(form, form->size, 0);
		CHILD_CHECK(uapi_ioctl(fd, form->nr, &arg) == -ESTALE);
		CHILD_CHECK(uapi_last.reason == ACL_EMU_REASON_FOREIGN_MM);
	}
	CHILD_CHECK(mmap(NULL, SIZE_2M, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) ==
		    MAP_FAILED);
	CHILD_CHECK(errno == ESTALE);
	return 0;
}

TEST_F(cmd, another_process)
{
	int sock;
	pid_t pid = uapi_child(call_all, &self->fd, &sock);

	EXPECT_EQ(0, uapi_wait(pid));
	EXPECT_EQ(ACL_EMU_ABI_VERSION, uapi_query(self->fd, ACL_EMU_PARAM_ABI_VERSION, 0));
}

TEST_F(cmd, open_read_write_only)
{
	EXPECT_EQ(-1, open(UAPI_NODE, O_RDONLY));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, open(UAPI_NODE, O_WRONLY));
	EXPECT_EQ(EACCES, errno);
}

TEST_F(cmd, no_read_no_write)
{
	char byte = 0;

	EXPECT_EQ(-1, read(self->fd, &byte, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(self->fd, &byte, 1));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(cmd, no_mmap_of_the_node)
{
	const int rights = PROT_READ | PROT_WRITE;
	void *wanted = (void *)ACL_EMU_VA_USER_FIRST;

	EXPECT_EQ(MAP_FAILED, mmap(NULL, SIZE_2M, rights, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SIZE_2M, rights, MAP_PRIVATE, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(wanted, SIZE_2M, rights, MAP_SHARED | MAP_FIXED_NOREPLACE,
				   self->fd, ACL_EMU_VA_USER_FIRST));
	EXPECT_EQ(EINVAL, errno);
}

#ifdef __x86_64__
/* The node has no ioctls for 32-bit programs. */
TEST_F(cmd, compat)
{
	struct acl_emu_query *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long rc = 54;	/* ioctl of the 32-bit table */

	ASSERT_NE(MAP_FAILED, low);
	*low = UAPI_ARG(acl_emu_query);
	if (access("/proc/sys/abi/vsyscall32", F_OK))
		SKIP(return, "the kernel has no 32-bit system calls");
	asm volatile("int $0x80" : "+a"(rc) :
		     "b"((long)self->fd), "c"((long)ACL_EMU_IOCTL(QUERY)), "d"(low) :
		     "memory", "r8", "r9", "r10", "r11");
	EXPECT_EQ(-ENOTTY, (int)rc);
	EXPECT_EQ(0, low->value);
}
#endif

TEST_HARNESS_MAIN
