// SPDX-License-Identifier: MIT
/*
 * aclrtMemcpy2d and aclrtMemcpyBatch: the bytes they copy and leave, and that nothing
 * is copied when one piece is wrong.
 */
#include "acl_stream.h"

#define PITCH	300
#define WIDTH	257
#define HEIGHT	1000
#define PLANE	(PITCH * HEIGHT)

FIXTURE(batch) {
	struct world world;
	unsigned char *device;
	unsigned char *plain;
	unsigned char *back;
};

FIXTURE_SETUP(batch)
{
	world_open(_metadata, &self->world);
	WORKS(aclrtMalloc((void **)&self->device, PLANE, ACL_MEM_MALLOC_HUGE_FIRST));
	self->plain = malloc(PLANE);
	self->back = calloc(1, PLANE);
	fill(self->plain, PLANE, 3);
}

FIXTURE_TEARDOWN(batch)
{
	aclrtFree(self->device);
	free(self->plain);
	free(self->back);
	world_close(_metadata, &self->world);
}

/* Rows of @width are there, and the bytes between them are @rest. */
static bool rows_are(const unsigned char *p, size_t pitch, const unsigned char *from,
		     size_t from_pitch, unsigned char rest)
{
	size_t row, i;

	for (row = 0; row < HEIGHT; row++) {
		if (memcmp(p + row * pitch, from + row * from_pitch, WIDTH))
			return false;
		for (i = WIDTH; i < pitch; i++)
			if (p[row * pitch + i] != rest)
				return false;
	}
	return true;
}

TEST_F(batch, rows)
{
	WORKS(aclrtMemset(self->device, PLANE, 0x11, PLANE));
	WORKS(aclrtMemcpy2d(self->device, PITCH, self->plain, 299, WIDTH, HEIGHT,
			    ACL_MEMCPY_HOST_TO_DEVICE));
	WORKS(aclrtMemcpy(self->back, PLANE, self->device, PLANE, ACL_MEMCPY_DEVICE_TO_HOST));
	EXPECT_TRUE(rows_are(self->back, PITCH, self->plain, 299, 0x11));
	memset(self->back, 0x22, PLANE);
	WORKS(aclrtMemcpy2d(self->back, 260, self->device, PITCH, WIDTH, HEIGHT,
			    ACL_MEMCPY_DEFAULT));
	EXPECT_TRUE(rows_are(self->back, 260, self->plain, 299, 0x22));
}

TEST_F(batch, rows_without_gaps)
{
	WORKS(aclrtMemcpy2d(self->device, PITCH, self->plain, PITCH, PITCH, HEIGHT,
			    ACL_MEMCPY_HOST_TO_DEVICE));
	WORKS(aclrtMemcpy2d(self->back, PITCH, self->device, PITCH, PITCH, HEIGHT,
			    ACL_MEMCPY_DEVICE_TO_HOST));
	EXPECT_EQ(0, memcmp(self->plain, self->back, PLANE));
}

TEST_F(batch, no_rows)
{
	WORKS(aclrtMemcpy2d(NULL, 0, NULL, 0, 0, 5, (aclrtMemcpyKind)99));
	WORKS(aclrtMemcpy2d(NULL, 0, NULL, 0, 5, 0, (aclrtMemcpyKind)99));
}

/* No row is written when the last one lies behind the mapping. */
TEST_F(batch, rows_past_the_end)
{
	struct block b;

	WORKS(block_make(&b, BLOCK, 0));
	FAILS(BAD_HANDLE,
	      aclrtMemcpy2d(b.addr, BLOCK / 4, self->plain, 8, 8, 5, ACL_MEMCPY_HOST_TO_DEVICE),
	      "row 4");
	EXPECT_TRUE(zeroed(b.addr, BLOCK));
	FAILS(BAD_HANDLE, aclrtMemcpy2d(self->back, 8, (char *)b.addr + BLOCK - 4, 8, 8, 2,
			    ACL_MEMCPY_DEVICE_TO_HOST), "row 0");
	WORKS(aclrtMemcpy2d(b.addr, BLOCK / 4, self->plain, 8, 8, 4, ACL_MEMCPY_HOST_TO_DEVICE));
	EXPECT_EQ(0, memcmp((char *)b.addr + BLOCK / 2, self->plain + 16, 8));
	WORKS(block_drop(&b));
}

static aclError rows_without_context(void *arg)
{
	static char a[8], b[8];

	(void)arg;
	return aclrtMemcpy2d(a, 8, b, 8, 8, 1, ACL_MEMCPY_HOST_TO_DEVICE);
}

TEST_F(batch, rows_wrong)
{
	void *d = self->device, *p = self->plain;

	FAILS(INVALID, aclrtMemcpy2d(NULL, 8, p, 8, 8, 1, ACL_MEMCPY_DEFAULT), "dst");
	FAILS(INVALID, aclrtMemcpy2d(d, 8, NULL, 8, 8, 1, ACL_MEMCPY_DEFAULT), "src");
	FAILS(INVALID, aclrtMemcpy2d(d, 7, p, 8, 8, 1, ACL_MEMCPY_DEFAULT), "dpitch");
	FAILS(INVALID, aclrtMemcpy2d(d, 8, p, 7, 8, 1, ACL_MEMCPY_DEFAULT), "spitch");
	FAILS(INVALID, aclrtMemcpy2d(d, 8, p, 8, 8, 1, ACL_MEMCPY_HOST_TO_HOST), "kind");
	FAILS(INVALID, aclrtMemcpy2d(d, 8, p, 8, 8, 1, ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE), "kind");
	FAILS(PARAM, aclrtMemcpy2d(d, 8, p, 8, 8, 5242881, ACL_MEMCPY_DEFAULT), "5242881");
	FAILS(PARAM,
	      aclrtMemcpy2d(d, 5000001, p, 5000001, 5000001, 1, ACL_MEMCPY_DEFAULT), "5000001");
	FAILS(PARAM,
	      aclrtMemcpy2d(d, SIZE_MAX, p, 8, 8, 3, ACL_MEMCPY_HOST_TO_DEVICE), "address space");
	FAILS(PARAM, aclrtMemcpy2d(self->back, 8, p, 8, 8, 1, ACL_MEMCPY_DEFAULT), "host");
	FAILS(PARAM, aclrtMemcpy2d(d, 8, (char *)d + 64, 8, 8, 1, ACL_MEMCPY_DEFAULT), "devices");
	FAILS(UNSUPPORTED,
	      aclrtMemcpy2d(d, 8, (char *)d + 64, 8, 8, 1, ACL_MEMCPY_DEVICE_TO_DEVICE), NULL);
	EXPECT_EQ(NO_CONTEXT, in_new_thread(rows_without_context, NULL));
}

/* ---- lists ---- */

#define PIECES	4

/* Two pieces to the device, two back from it. */
struct list {
	void *dst[PIECES], *src[PIECES];
	size_t room[PIECES], size[PIECES], first[PIECES];
	aclrtMemcpyBatchAttr attr[PIECES];
	size_t fail;
};

static void list_make(struct list *l, unsigned char *device, unsigned char *plain,
		      unsigned char *back)
{
	aclrtMemLocation host = { .type = ACL_MEM_LOCATION_TYPE_HOST };
	aclrtMemLocation on = { .type = ACL_MEM_LOCATION_TYPE_DEVICE };
	int i;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < PIECES; i++) {
		l->dst[i] = i < 2 ? device + i * 5000 : back + i * 5000;
		l->src[i] = i < 2 ? plain + i * 5000 : device + (i - 2) * 5000;
		l->room[i] = 5000;
		l->size[i] = 4000 + (size_t)i;
	}
	l->attr[0] = (aclrtMemcpyBatchAttr){ .dstLoc = on, .srcLoc = host };
	l->attr[1] = (aclrtMemcpyBatchAttr){ .dstLoc = host, .srcLoc = on };
	l->first[1] = 2;
	l->fail = 77;
}

static aclError list_run(struct list *l, size_t attrs)
{
	return aclrtMemcpyBatch(l->dst, l->room, l->src, l->size, PIECES, l->attr, l->first,
				attrs, &l->fail);
}

TEST_F(batch, list)
{
	struct list l;

	list_make(&l, self->device, self->plain, self->back);
	EXPECT_EQ(ACL_SUCCESS, list_run(&l, 2)) TH_LOG("%s", aclGetRecentErrMsg());
	EXPECT_EQ(77, l.fail);
	EXPECT_EQ(0, memcmp(self->back + 10000, self->plain, 4000));
	EXPECT_EQ(0, memcmp(self->back + 15000, self->plain + 5000, 4001));
	EXPECT_EQ(0, self->back[15000 + 4003]);
}

/* The last of the list is on another device than said: the first is not copied. */
TEST_F(batch, list_misplaced)
{
	struct list l;

	list_make(&l, self->device, self->plain, self->back);
	l.src[3] = self->plain;
	EXPECT_EQ(PARAM, list_run(&l, 2));
	EXPECT_EQ(3, l.fail);
	EXPECT_NE(NULL, strstr(aclGetRecentErrMsg(), "srcs[3]"));
	list_make(&l, self->device, self->plain, self->back);
	l.attr[0].dstLoc.id = 1;
	EXPECT_EQ(PARAM, list_run(&l, 2));
	EXPECT_EQ(0, l.fail);
	l.attr[0].dstLoc.id = 0;
	l.dst[1] = NULL;
	EXPECT_EQ(PARAM, list_run(&l, 2));
	EXPECT_EQ(1, l.fail);
	WORKS(aclrtMemcpy(self->back, PLANE, self->device, PLANE, ACL_MEMCPY_DEVICE_TO_HOST));
	EXPECT_TRUE(zeroed(self->back, PLANE));
}

TEST_F(batch, list_past_the_end)
{
	struct block b;
	struct list l;

	WORKS(block_make(&b, BLOCK, 0));
	list_make(&l, self->device, self->plain, self->back);
	l.dst[1] = (char *)b.addr + BLOCK - 100;
	EXPECT_EQ(BAD_HANDLE, list_run(&l, 2));
	EXPECT_EQ(1, l.fail);
	EXPECT_TRUE(zeroed(b.addr, BLOCK));
	WORKS(block_drop(&b));
}

static aclError list_without_context(void *list)
{
	return list_run(list, 2);
}

TEST_F(batch, list_wrong)
{
	struct list l;

	list_make(&l, self->device, self->plain, self->back);
	FAILS(INVALID, aclrtMemcpyBatch(l.dst, l.room, l.src, l.size, 4, l.attr, l.first, 2, NULL),
	      "failIndex");
	FAILS(INVALID,
	      aclrtMemcpyBatch(NULL, l.room, l.src, l.size, 4, l.attr, l.first, 2, &l.fail),
	      "dsts");
	EXPECT_EQ(SIZE_MAX, l.fail);
	FAILS(INVALID, aclrtMemcpyBatch(l.dst, NULL, l.src, l.size, 4, l.attr, l.first, 2, &l.fail),
	      "destMaxs");
	FAILS(INVALID,
	      aclrtMemcpyBatch(l.dst, l.room, NULL, l.size, 4, l.attr, l.first, 2, &l.fail),
	      "srcs");
	FAILS(INVALID, aclrtMemcpyBatch(l.dst, l.room, l.src, NULL, 4, l.attr, l.first, 2, &l.fail),
	      "sizes");
	FAILS(INVALID, aclrtMemcpyBatch(l.dst, l.room, l.src, l.size, 4, NULL, l.first, 2, &l.fail),
	      "attrs");
	FAILS(INVALID, aclrtMemcpyBatch(l.dst, l.room, l.src, l.size, 4, l.attr, NULL, 2, &l.fail),
	      "attrsIndexes");
	FAILS(INVALID,
	      aclrtMemcpyBatch(l.dst, l.room, l.src, l.size, 0, l.attr, l.first, 2, &l.fail),
	      "numBatches");
	EXPECT_EQ(PARAM, list_run(&l, 0));
	EXPECT_EQ(PARAM, list_run(&l, 5));
	l.size[2] = 5001;
	EXPECT_EQ(INVALID, list_run(&l, 2));
	l.size[2] = 1;
	l.attr[1].rsv[15] = 1;
	EXPECT_EQ(INVALID, list_run(&l, 2));
	l.attr[1].rsv[15] = 0;
	l.first[0] = 1;
	EXPECT_EQ(PARAM, list_run(&l, 2));
	l.first[0] = 0;
	l.first[1] = 0;
	EXPECT_EQ(PARAM, list_run(&l, 2));
	l.first[1] = 4;
	EXPECT_EQ(PARAM, list_run(&l, 2));
	l.first[1] = 2;
	l.attr[0].srcLoc.type = ACL_MEM_LOCATION_TYPE_MANAGED;
	EXPECT_EQ(PARAM, list_run(&l, 2));
	/* The location of the memory is looked at first. */
	l.attr[0].srcLoc.type = ACL_MEM_LOCATION_TYPE_DEVICE;
	EXPECT_EQ(PARAM, list_run(&l, 2));
	l.src[0] = l.dst[1];
	l.src[1] = l.dst[0];
	EXPECT_EQ(UNSUPPORTED, list_run(&l, 2));
	list_make(&l, self->device, self->plain, self->back);
	EXPECT_EQ(NO_CONTEXT, in_new_thread(list_without_context, &l));
	EXPECT_EQ(SIZE_MAX, l.fail);
	EXPECT_EQ(ACL_SUCCESS, list_run(&l, 2)) TH_LOG("%s", aclGetRecentErrMsg());
}

/* The same list in the other forms; in a stream it waits for its turn. */
TEST_F(batch, list_in_stream)
{
	unsigned char *pinned;
	struct hold hold = HOLD;
	aclrtStream stream;
	struct block b;
	struct list l;

	WORKS(aclrtCreateStream(&stream));
	WORKS(aclrtMallocHost((void **)&pinned, 40000));
	memcpy(pinned, self->plain, 20000);
	memset(pinned + 20000, 0, 20000);
	list_make(&l, self->device, pinned, pinned + 20000);
	WORKS(hold_stream(&hold, stream));
	WORKS(aclrtMemcpyBatchAsync(l.dst, l.room, l.src, l.size, PIECES, l.attr, l.first, 2,
				    &l.fail, stream));
	EXPECT_EQ(77, l.fail);
	EXPECT_TRUE(zeroed(pinned + 20000, 20000));
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(stream));
	EXPECT_EQ(0, memcmp(pinned + 30000, self->plain, 4000));
	EXPECT_EQ(0, memcmp(pinned + 35000, self->plain + 5000, 4001));
	EXPECT_EQ(0, pinned[35000 + 4003]);
	memset(pinned + 20000, 0, 20000);
	WORKS(aclrtMemcpyBatchAsyncV2(l.dst, l.room, l.src, l.size, PIECES, l.attr, l.first, 2,
				      stream));
	WORKS(aclrtSynchronizeStream(stream));
	EXPECT_EQ(0, memcmp(pinned + 30000, self->plain, 4000));
	memset(pinned + 20000, 0, 20000);
	WORKS(aclrtMemcpyBatchV2(l.dst, l.room, l.src, l.size, PIECES, l.attr, l.first, 2));
	EXPECT_EQ(0, memcmp(pinned + 35000, self->plain + 5000, 4001));
	/* The stream reports what is not mapped. */
	WORKS(block_make(&b, BLOCK, 0));
	l.dst[1] = (char *)b.addr + BLOCK - 100;
	WORKS(aclrtMemcpyBatchAsync(l.dst, l.room, l.src, l.size, PIECES, l.attr, l.first, 2,
				    &l.fail, stream));
	FAILS(BAD_HANDLE, aclrtSynchronizeStream(stream), "aclrtMemcpyBatchAsync");
	EXPECT_TRUE(zeroed(b.addr, BLOCK));
	FAILS(BAD_HANDLE,
	      aclrtMemcpyBatchV2(l.dst, l.room, l.src, l.size, PIECES, l.attr, l.first, 2), NULL);
	WORKS(block_drop(&b));
	WORKS(aclrtFreeHost(pinned));
	WORKS(aclrtDestroyStream(stream));
}

TEST_F(batch, list_in_stream_wrong)
{
	struct list l;

	list_make(&l, self->device, self->plain, self->back);
	FAILS(INVALID,
	      aclrtMemcpyBatchAsync(l.dst, l.room, l.src, l.size, 4, l.attr, l.first, 2, NULL,
				    NULL), "failIndex");
	FAILS(INVALID,
	      aclrtMemcpyBatchAsync(NULL, l.room, l.src, l.size, 4, l.attr, l.first, 2, &l.fail,
				    NULL), "dsts");
	EXPECT_EQ(SIZE_MAX, l.fail);
	FAILS(INVALID,
	      aclrtMemcpyBatchAsyncV2(l.dst, l.room, NULL, l.size, 4, l.attr, l.first, 2, NULL),
	      "srcs");
	FAILS(INVALID, aclrtMemcpyBatchV2(l.dst, l.room, l.src, l.size, 0, l.attr, l.first, 2),
	      "numBatches");
	FAILS(BAD_HANDLE,
	      aclrtMemcpyBatchAsync(l.dst, l.room, l.src, l.size, 4, l.attr, l.first, 2, &l.fail,
				    self), hex(self));
	FAILS(PARAM,
	      aclrtMemcpyBatchAsyncV2(l.dst, l.room, l.src, l.size, 4, l.attr, l.first, 0, NULL),
	      "numAttrs");
	FAILS(PARAM, aclrtMemcpyBatchV2(l.dst, l.room, l.src, l.size, 4, l.attr, l.first, 5),
	      "numAttrs");
	l.src[3] = self->plain;
	FAILS(PARAM,
	      aclrtMemcpyBatchAsync(l.dst, l.room, l.src, l.size, 4, l.attr, l.first, 2, &l.fail,
				    NULL), "srcs[3]");
	EXPECT_EQ(3, l.fail);
	l.attr[0].srcLoc.type = ACL_MEM_LOCATION_TYPE_DEVICE;
	l.src[0] = l.dst[1];
	l.src[1] = l.dst[0];
	FAILS(UNSUPPORTED,
	      aclrtMemcpyBatchAsync(l.dst, l.room, l.src, l.size, 4, l.attr, l.first, 2, &l.fail,
				    NULL), "attrs[0]");
	FAILS(UNSUPPORTED,
	      aclrtMemcpyBatchAsyncV2(l.dst, l.room, l.src, l.size, 4, l.attr, l.first, 2, NULL),
	      "attrs[0]");
	FAILS(UNSUPPORTED, aclrtMemcpyBatchV2(l.dst, l.room, l.src, l.size, 4, l.attr, l.first, 2),
	      "attrs[0]");
}

TEST_HARNESS_MAIN
