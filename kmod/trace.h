/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events: every change of state.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM acl_emu

#if !defined(ACL_EMU_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define ACL_EMU_TRACE_H

#include <linux/tracepoint.h>

DECLARE_EVENT_CLASS(acl_emu_client,
	TP_PROTO(pid_t tgid),
	TP_ARGS(tgid),
	TP_STRUCT__entry(__field(pid_t, tgid)),
	TP_fast_assign(__entry->tgid = tgid;),
	TP_printk("tgid=%d", __entry->tgid)
);

DEFINE_EVENT(acl_emu_client, acl_emu_client_open, TP_PROTO(pid_t tgid),
	     TP_ARGS(tgid));
DEFINE_EVENT(acl_emu_client, acl_emu_client_dead, TP_PROTO(pid_t tgid),
	     TP_ARGS(tgid));

/* reason: of a failure; values are left out, a share key can be among them */
TRACE_EVENT(acl_emu_ioctl,
	TP_PROTO(u32 nr, int ret, u32 reason, u64 ns),
	TP_ARGS(nr, ret, reason, ns),
	TP_STRUCT__entry(__field(u32, nr) __field(int, ret)
			 __field(u32, reason) __field(u64, ns)),
	TP_fast_assign(__entry->nr = nr; __entry->ret = ret;
		       __entry->reason = reason; __entry->ns = ns;),
	TP_printk("nr=%#x ret=%d reason=%u ns=%llu", __entry->nr, __entry->ret,
		  __entry->reason, __entry->ns)
);

TRACE_EVENT(acl_emu_device_reset,
	TP_PROTO(pid_t tgid, u32 device),
	TP_ARGS(tgid, device),
	TP_STRUCT__entry(__field(pid_t, tgid) __field(u32, device)),
	TP_fast_assign(__entry->tgid = tgid; __entry->device = device;),
	TP_printk("tgid=%d device=%u", __entry->tgid, __entry->device)
);

TRACE_EVENT(acl_emu_phys_alloc,
	TP_PROTO(u32 device, u64 size, u64 granule),
	TP_ARGS(device, size, granule),
	TP_STRUCT__entry(__field(u32, device) __field(u64, size)
			 __field(u64, granule)),
	TP_fast_assign(__entry->device = device; __entry->size = size;
		       __entry->granule = granule;),
	TP_printk("device=%u size=%#llx granule=%#llx", __entry->device,
		  __entry->size, __entry->granule)
);

DECLARE_EVENT_CLASS(acl_emu_device_pages,
	TP_PROTO(u32 device, u64 nr),
	TP_ARGS(device, nr),
	TP_STRUCT__entry(__field(u32, device) __field(u64, nr)),
	TP_fast_assign(__entry->device = device; __entry->nr = nr;),
	TP_printk("device=%u nr=%#llx", __entry->device, __entry->nr)
);

/* nr: bytes */
DEFINE_EVENT(acl_emu_device_pages, acl_emu_phys_free, TP_PROTO(u32 device, u64 nr),
	     TP_ARGS(device, nr));
/* nr: block of the allocation that was built from small pages */
DEFINE_EVENT(acl_emu_device_pages, acl_emu_fallback, TP_PROTO(u32 device, u64 nr),
	     TP_ARGS(device, nr));

TRACE_EVENT(acl_emu_quarantine,
	TP_PROTO(u32 device, unsigned long pfn, u64 size),
	TP_ARGS(device, pfn, size),
	TP_STRUCT__entry(__field(u32, device) __field(unsigned long, pfn)
			 __field(u64, size)),
	TP_fast_assign(__entry->device = device; __entry->pfn = pfn;
		       __entry->size = size;),
	TP_printk("device=%u pfn=%#lx size=%#llx", __entry->device,
		  __entry->pfn, __entry->size)
);

DECLARE_EVENT_CLASS(acl_emu_extent,
	TP_PROTO(pid_t tgid, u64 start, u64 size),
	TP_ARGS(tgid, start, size),
	TP_STRUCT__entry(__field(pid_t, tgid) __field(u64, start)
			 __field(u64, size)),
	TP_fast_assign(__entry->tgid = tgid; __entry->start = start;
		       __entry->size = size;),
	TP_printk("tgid=%d start=%#llx size=%#llx", __entry->tgid,
		  __entry->start, __entry->size)
);

DEFINE_EVENT(acl_emu_extent, acl_emu_range_reserve,
	     TP_PROTO(pid_t tgid, u64 start, u64 size),
	     TP_ARGS(tgid, start, size));
DEFINE_EVENT(acl_emu_extent, acl_emu_range_release,
	     TP_PROTO(pid_t tgid, u64 start, u64 size),
	     TP_ARGS(tgid, start, size));
DEFINE_EVENT(acl_emu_extent, acl_emu_unmap,
	     TP_PROTO(pid_t tgid, u64 start, u64 size),
	     TP_ARGS(tgid, start, size));

TRACE_EVENT(acl_emu_map,
	TP_PROTO(pid_t tgid, u64 start, u64 size, u64 handle),
	TP_ARGS(tgid, start, size, handle),
	TP_STRUCT__entry(__field(pid_t, tgid) __field(u64, start)
			 __field(u64, size) __field(u64, handle)),
	TP_fast_assign(__entry->tgid = tgid; __entry->start = start;
		       __entry->size = size; __entry->handle = handle;),
	TP_printk("tgid=%d start=%#llx size=%#llx handle=%#llx",
		  __entry->tgid, __entry->start, __entry->size,
		  __entry->handle)
);

TRACE_EVENT(acl_emu_set_access,
	TP_PROTO(pid_t tgid, u64 addr, u32 type, u32 id, u32 rights),
	TP_ARGS(tgid, addr, type, id, rights),
	TP_STRUCT__entry(__field(pid_t, tgid) __field(u64, addr)
			 __field(u32, type) __field(u32, id)
			 __field(u32, rights)),
	TP_fast_assign(__entry->tgid = tgid; __entry->addr = addr;
		       __entry->type = type; __entry->id = id;
		       __entry->rights = rights;),
	TP_printk("tgid=%d addr=%#llx location=%u/%u rights=%u",
		  __entry->tgid, __entry->addr, __entry->type, __entry->id,
		  __entry->rights)
);

TRACE_EVENT(acl_emu_copy,
	TP_PROTO(pid_t tgid, u64 dst, u64 src, u64 size, int ret),
	TP_ARGS(tgid, dst, src, size, ret),
	TP_STRUCT__entry(__field(pid_t, tgid) __field(u64, dst)
			 __field(u64, src) __field(u64, size)
			 __field(int, ret)),
	TP_fast_assign(__entry->tgid = tgid; __entry->dst = dst;
		       __entry->src = src; __entry->size = size;
		       __entry->ret = ret;),
	TP_printk("tgid=%d dst=%#llx src=%#llx size=%#llx ret=%d",
		  __entry->tgid, __entry->dst, __entry->src, __entry->size,
		  __entry->ret)
);

/* Keys are secrets: the events contain the handle, not the key. */
DECLARE_EVENT_CLASS(acl_emu_share,
	TP_PROTO(pid_t tgid, u64 handle, u32 detail),
	TP_ARGS(tgid, handle, detail),
	TP_STRUCT__entry(__field(pid_t, tgid) __field(u64, handle)
			 __field(u32, detail)),
	TP_fast_assign(__entry->tgid = tgid; __entry->handle = handle;
		       __entry->detail = detail;),
	TP_printk("tgid=%d handle=%#llx detail=%#x", __entry->tgid,
		  __entry->handle, __entry->detail)
);

/* detail: flags */
DEFINE_EVENT(acl_emu_share, acl_emu_export, TP_PROTO(pid_t tgid, u64 handle, u32 detail),
	     TP_ARGS(tgid, handle, detail));
/* detail: device */
DEFINE_EVENT(acl_emu_share, acl_emu_import, TP_PROTO(pid_t tgid, u64 handle, u32 detail),
	     TP_ARGS(tgid, handle, detail));

DECLARE_EVENT_CLASS(acl_emu_sync,
	TP_PROTO(pid_t tgid, u64 handle, u64 value),
	TP_ARGS(tgid, handle, value),
	TP_STRUCT__entry(__field(pid_t, tgid) __field(u64, handle)
			 __field(u64, value)),
	TP_fast_assign(__entry->tgid = tgid; __entry->handle = handle;
		       __entry->value = value;),
	TP_printk("tgid=%d handle=%#llx value=%llu", __entry->tgid,
		  __entry->handle, __entry->value)
);

DEFINE_EVENT(acl_emu_sync, acl_emu_sync_create,
	     TP_PROTO(pid_t tgid, u64 handle, u64 value),
	     TP_ARGS(tgid, handle, value));
DEFINE_EVENT(acl_emu_sync, acl_emu_sync_signal,
	     TP_PROTO(pid_t tgid, u64 handle, u64 value),
	     TP_ARGS(tgid, handle, value));

#endif /* ACL_EMU_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
