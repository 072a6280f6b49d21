/* SPDX-License-Identifier: MIT */
/*
 * For the tests of graphs: streams, events and memory that captures use.
 */
#ifndef TEST_ACL_GRAPH_H
#define TEST_ACL_GRAPH_H

#include "acl_stream.h"

#define GLOBAL		ACL_MODEL_RI_CAPTURE_MODE_GLOBAL
#define LOCAL		ACL_MODEL_RI_CAPTURE_MODE_THREAD_LOCAL
#define RELAXED		ACL_MODEL_RI_CAPTURE_MODE_RELAXED

#define GRAPH_SIZE	4096ul

/**
 * struct graph_world - what captures work on
 * @a, @b, @c:  streams
 * @event, @other:  of aclrtCreateEventExWithFlag(ACL_EVENT_SYNC)
 * @src, @dst:  device memory, GRAPH_SIZE each
 * @host:       pinned host memory; @plain: memory that is not pinned
 */
struct graph_world {
	struct world world;
	aclrtStream a, b, c;
	aclrtEvent event, other;
	char *src, *dst, *host;
	char plain[GRAPH_SIZE];
};

void graph_world_open(struct __test_metadata *_metadata, struct graph_world *g);
void graph_world_close(struct __test_metadata *_metadata, struct graph_world *g);

#define GRAPH_FIXTURE(name) \
	FIXTURE(name) { struct graph_world g; }; \
	FIXTURE_SETUP(name) { graph_world_open(_metadata, &self->g); } \
	FIXTURE_TEARDOWN(name) { graph_world_close(_metadata, &self->g); }

aclmdlRICaptureStatus graph_status(aclrtStream stream);
/* Ends the capture of the stream and destroys the graph. */
aclError graph_drop(aclrtStream stream);
/* The capture of @first draws @second in. */
aclError graph_fork(aclrtStream first, aclrtStream second, aclrtEvent event);
/* @second comes back. */
aclError graph_join(aclrtStream first, aclrtStream second, aclrtEvent event);
/* Replays, and waits for the end. */
aclError graph_replay(aclmdlRI graph, aclrtStream stream);
/* The first byte of device memory. */
unsigned char graph_byte(const void *dev);

/* ---- tables ---- */

/* What was done before the call of a row. */
enum graph_before { NOTHING, CAPTURED, JOINED, INVALID_NOW, READY };

/**
 * struct graph_row - a set-up, a call, and what comes of it
 * @code:   of the call
 * @word:   in the sentence, NULL: any
 * @after:  state of the capture of @a
 */
struct graph_row {
	const char *name;
	enum graph_before before;
	aclError (*call)(struct graph_world *g);
	aclError code;
	const char *word;
	aclmdlRICaptureStatus after;
};

#define NONE		ACL_MODEL_RI_CAPTURE_STATUS_NONE
#define ACTIVE		ACL_MODEL_RI_CAPTURE_STATUS_ACTIVE
#define BROKEN		ACL_MODEL_RI_CAPTURE_STATUS_INVALIDATED

/* The graph that the call of a row made or uses. */
extern aclmdlRI graph_ready;

aclError graph_prepare(struct graph_world *g, enum graph_before before);
/* Makes the capture of @a invalid. */
aclError graph_break(struct graph_world *g);
void graph_rows(struct __test_metadata *_metadata, struct graph_world *g,
		const struct graph_row *rows, size_t count);

#define ROWS(list)	graph_rows(_metadata, &self->g, list, sizeof(list) / sizeof((list)[0]))
#define GRAPH_CALL(name, expression) \
	static aclError name(struct graph_world *g) { (void)g; return (expression); }

/* Makes the call in another thread. @context: NULL for none. */
aclError graph_elsewhere(struct graph_world *g, aclrtContext context,
			 aclError (*call)(struct graph_world *g));

#endif /* TEST_ACL_GRAPH_H */
