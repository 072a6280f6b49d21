// SPDX-License-Identifier: MIT
/*
 * doctor: checks the machine; each finding names the command that mends it.
 */
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "acl_emu/extensions.h"
#include "json.h"
#include "library.h"
#include "module.h"
#include "table.h"
#include "tool.h"

enum verdict { GOOD, NOTE, FAULT };

struct finding {
	const char *name;
	enum verdict verdict;
	char text[256];
	char remedy[256];
};

struct findings {
	struct finding list[24];
	size_t count;
	int fd;			/* of the node, or -1 */
	char release[65];	/* of the kernel */
};

static const char *const verdicts[] = { "ok", "note", "fault" };

/* @remedy may be NULL. */
__attribute__((format(printf, 5, 6)))
static void found(struct findings *f, const char *name, enum verdict verdict, const char *remedy,
		  const char *format, ...)
{
	struct finding *new = &f->list[f->count++];
	va_list args;

	new->name = name;
	new->verdict = verdict;
	va_start(args, format);
	vsnprintf(new->text, sizeof(new->text), format, args);
	va_end(args);
	snprintf(new->remedy, sizeof(new->remedy), "%s", remedy ? remedy : "");
}

/* The first line of a file; false if it cannot be read. */
static bool read_line(const char *path, char *text, size_t room)
{
	FILE *file = fopen(path, "r");
	bool good = file && fgets(text, (int)room, file);

	if (file)
		fclose(file);
	if (good)
		text[strcspn(text, "\n")] = '\0';
	return good;
}

/* ---- kernel and module ---- */

static void check_kernel(struct findings *f)
{
	struct utsname name;
	int major = 0, minor = 0;

	if (uname(&name))
		return;
	snprintf(f->release, sizeof(f->release), "%s", name.release);
	sscanf(name.release, "%d.%d", &major, &minor);
	if (strcmp(name.machine, "x86_64") && strcmp(name.machine, "aarch64"))
		found(f, "kernel", FAULT, "use a machine with x86-64 or arm64",
		      "%s: the module supports x86_64 and aarch64 only", name.machine);
	else if (sysconf(_SC_PAGESIZE) != 4096)
		found(f, "kernel", FAULT, "boot a kernel with pages of 4 KiB",
		      "the pages of this kernel have %ld KiB, the module supports 4 KiB only",
		      sysconf(_SC_PAGESIZE) / 1024);
	else if (major < 6 || (major == 6 && minor < 1))
		found(f, "kernel", FAULT, "acl-emu run -- PROGRAM   (boots 6.1 in a VM)",
		      "Linux %s is older than 6.1", name.release);
	else
		found(f, "kernel", GOOD, NULL, "Linux %s", name.release);
}

static void check_headers(struct findings *f)
{
	char path[PATH_MAX], remedy[160];

	snprintf(path, sizeof(path), "/lib/modules/%s/build/Makefile", f->release);
	snprintf(remedy, sizeof(remedy), "sudo apt-get install linux-headers-%s", f->release);
	if (!access(path, F_OK))
		found(f, "headers", GOOD, NULL, "the headers of this kernel are installed");
	else
		found(f, "headers", NOTE, remedy, "without the headers of this kernel the module "
		      "cannot be built here");
}

static void check_module(struct findings *f)
{
	char path[PATH_MAX];

	if (module_loaded())
		found(f, "module", GOOD, NULL, "the module is loaded");
	else if (module_found(path, sizeof(path)))
		found(f, "module", FAULT, "sudo acl-emu load", "%.200s is not loaded", path);
	else
		found(f, "module", FAULT, "sudo make modules_install && sudo acl-emu load   (in "
		      "the source tree)", "the module is not built for this kernel");
}

static void check_signing(struct findings *f)
{
	char text[128];
	bool locked = read_line("/sys/kernel/security/lockdown", text, sizeof(text)) &&
		      !strstr(text, "[none]");
	bool enforced = read_line("/sys/module/module/parameters/sig_enforce", text,
				  sizeof(text)) && *text == 'Y';

	if (module_loaded())
		return;
	if (locked || enforced)
		found(f, "signing", FAULT, "mokutil --disable-validation   (or sign the module)",
		      "this kernel accepts signed modules only (%s)",
		      locked ? "lockdown, Secure Boot" : "sig_enforce");
	else
		found(f, "signing", GOOD, NULL, "unsigned modules are accepted");
}

static void check_selinux(struct findings *f)
{
	char text[16];

	if (read_line("/sys/fs/selinux/enforce", text, sizeof(text)) && *text == '1')
		found(f, "selinux", NOTE, "sudo ausearch -m AVC -c acl-emu   (shows what it "
		      "refused)",
		      "SELinux is enforcing and can refuse the module or the node");
}

/* ---- the node ---- */

static void describe_node(char *text, size_t room)
{
	struct group *group;
	struct stat st;

	if (stat(node_path(), &st)) {
		snprintf(text, room, "%s", strerror(errno));
		return;
	}
	group = getgrgid(st.st_gid);
	snprintf(text, room, "mode %04o, owner %u, group %s", (unsigned int)(st.st_mode & 07777),
		 (unsigned int)st.st_uid, group ? group->gr_name : "?");
}

static void check_node(struct findings *f)
{
	char text[128], remedy[200];

	f->fd = node_try_open();
	if (f->fd >= 0) {
		found(f, "node", GOOD, NULL, "%.200s can be opened", node_path());
		return;
	}
	describe_node(text, sizeof(text));
	snprintf(remedy, sizeof(remedy), "sudo chown $(id -u) %.100s", node_path());
	if (f->fd == -EACCES || f->fd == -EPERM)
		found(f, "node", FAULT, remedy, "%.60s may not be opened by this user (%s)",
		      node_path(), text);
	else if (module_loaded())
		found(f, "node", FAULT, "sudo mount -t devtmpfs devtmpfs /dev   (or set "
		      "ACL_EMU_DEVICE)", "the module is loaded, but %.100s cannot be opened: %s",
		      node_path(), strerror(-f->fd));
	else
		found(f, "node", FAULT, "sudo acl-emu load", "there is no %.100s", node_path());
}

static void check_interface(struct findings *f)
{
	uint64_t version, features;

	if (f->fd < 0)
		return;
	if (!node_query(f->fd, ACL_EMU_PARAM_ABI_VERSION, 0, &version) ||
	    !node_query(f->fd, ACL_EMU_PARAM_FEATURES, 0, &features))
		found(f, "interface", FAULT, "unset ACL_EMU_DEVICE", "%.100s is not the node of "
		      "the module", node_path());
	else if (version != ACL_EMU_ABI_VERSION || !(features & ACL_EMU_FEATURE_HOLDERS))
		found(f, "interface", FAULT, "sudo acl-emu unload && sudo make modules_install "
		      "&& sudo acl-emu load",
		      "the module has interface version %" PRIu64 ", this program "
		      "has %d", version, ACL_EMU_ABI_VERSION);
	else
		found(f, "interface", GOOD, NULL, "module and program have interface version "
		      "%" PRIu64,
		      version);
}

static void check_library(struct findings *f)
{
	uint32_t version = library_version();
	const char *file = library_file();

	if (!file)
		found(f, "library", FAULT, "make install   (in the source tree)",
		      "there is no library beside this program");
	else if (f->fd < 0)
		found(f, "library", GOOD, NULL, "%.200s", file);
	else if (version != (ACL_EMU_VERSION_MAJOR << 16 | ACL_EMU_VERSION_MINOR))
		found(f, "library", FAULT, "make install   (in the source tree)",
		      "%.150s does not belong to this program, or refuses the module", file);
	else
		found(f, "library", GOOD, NULL, "%.150s has version %u.%u", file, version >> 16,
		      version & 0xffff);
}

static void check_udev(struct findings *f)
{
	static const char *const places[] = {
		"/etc/udev/rules.d/99-acl-emu.rules", "/usr/lib/udev/rules.d/99-acl-emu.rules",
		"/lib/udev/rules.d/99-acl-emu.rules",
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (!access(places[i], F_OK)) {
			found(f, "udev", GOOD, NULL, "%s sets the group of the node", places[i]);
			return;
		}
	}
	found(f, "udev", NOTE, "sudo make modules_install   (in the source tree)",
	      "without a udev rule only root may open the node after a load");
}

/* ---- memory ---- */

/* The smallest memory.max from this process's cgroup up; UINT64_MAX: none. */
static uint64_t cgroup_limit(void)
{
	char line[PATH_MAX], path[2 * PATH_MAX], text[32];
	uint64_t least = UINT64_MAX, n;

	if (!read_line("/proc/self/cgroup", line, sizeof(line)) || strncmp(line, "0::", 3))
		return least;
	for (;;) {
		char *slash = strrchr(line + 3, '/');

		snprintf(path, sizeof(path), "/sys/fs/cgroup%s/memory.max", line + 3);
		if (read_line(path, text, sizeof(text)) && parse_number(text, 0, UINT64_MAX, &n) &&
		    n < least)
			least = n;
		if (!slash)
			return least;
		*slash = '\0';
	}
}

static void check_cgroup(struct findings *f)
{
	uint64_t limit = cgroup_limit(), capacity = 0, devices = 0;
	struct acl_emu_device_info info;

	if (f->fd >= 0)
		node_query(f->fd, ACL_EMU_PARAM_DEVICES, 0, &devices);
	for (uint32_t i = 0; i < devices; i++) {
		struct acl_emu_location loc = { ACL_EMU_LOC_DEVICE, i };

		if (node_device(f->fd, loc, &info) && info.capacity > capacity)
			capacity = info.capacity;
	}
	if (limit == UINT64_MAX)
		found(f, "cgroup", GOOD, NULL, "no limit of a memory cgroup");
	else if (limit < capacity)
		found(f, "cgroup", NOTE, "raise memory.max, or load the module with reserved_mb",
		      "the memory cgroup allows %s, a device has %s: allocations fail before it is "
		      "full", SIZE(limit), SIZE(capacity));
	else
		found(f, "cgroup", GOOD, NULL, "the memory cgroup allows %s", SIZE(limit));
}

/* Blocks of 2 MiB that are free now, from /proc/buddyinfo. */
static uint64_t free_blocks(void)
{
	FILE *file = fopen("/proc/buddyinfo", "r");
	uint64_t blocks = 0, count;
	char line[512], *rest, *end;

	while (file && fgets(line, sizeof(line), file)) {
		unsigned int order = 0;

		rest = strstr(line, "zone");
		if (!rest)
			continue;
		rest += strlen("zone");
		rest += strspn(rest, " ");
		rest += strcspn(rest, " ");
		for (count = strtoull(rest, &end, 10); end != rest; order++) {
			if (order >= 9)
				blocks += count << (order - 9);
			rest = end;
			count = strtoull(rest, &end, 10);
		}
	}
	if (file)
		fclose(file);
	return blocks;
}

static void check_fragmentation(struct findings *f)
{
	uint64_t blocks = free_blocks();

	if (blocks < 64)
		found(f, "fragmentation", NOTE, "echo 1 | sudo tee /proc/sys/vm/compact_memory",
		      "only %" PRIu64 " blocks of 2 MiB are free: memory is slower with smaller "
		      "pages", blocks);
	else
		found(f, "fragmentation", GOOD, NULL, "%s are free in blocks of 2 MiB",
		      SIZE(blocks << 21));
}

static void check_thp(struct findings *f)
{
	if (!access("/sys/kernel/mm/transparent_hugepage", F_OK))
		found(f, "thp", GOOD, NULL, "the kernel has transparent huge pages");
	else
		found(f, "thp", FAULT, "acl-emu run -- PROGRAM   (boots another kernel in a VM)",
		      "the kernel lacks CONFIG_TRANSPARENT_HUGEPAGE, which the module needs");
}

static void check_kvm(struct findings *f)
{
	if (!access("/dev/kvm", R_OK | W_OK))
		found(f, "kvm", GOOD, NULL, "VMs run with KVM");
	else if (!access("/dev/kvm", F_OK))
		found(f, "kvm", NOTE, "sudo usermod -aG kvm $USER", "this user may not use "
		      "/dev/kvm: VMs are emulated and slow");
	else
		found(f, "kvm", NOTE, "modprobe kvm_intel || modprobe kvm_amd", "there is no "
		      "/dev/kvm: VMs are emulated and slow");
}

static void check_tmp(struct findings *f)
{
	const char *dir = getenv("TMPDIR");
	struct statvfs st;
	uint64_t bytes;

	if (!dir || !*dir)
		dir = "/tmp";
	if (statvfs(dir, &st)) {
		found(f, "tmp", FAULT, "unset TMPDIR", "%.100s: %s", dir, strerror(errno));
		return;
	}
	bytes = (uint64_t)st.f_bavail * st.f_frsize;
	if (bytes < 64u << 20)
		found(f, "tmp", NOTE, "free space, or let TMPDIR name another directory",
		      "%.100s has %s, GmAlloc() keeps its memory there", dir, SIZE(bytes));
	else
		found(f, "tmp", GOOD, NULL, "%.100s has %s for GmAlloc()", dir, SIZE(bytes));
}

/* ---- the command ---- */

static void print_text(const struct findings *f)
{
	static const enum colour colours[] = { COLOUR_GREEN, COLOUR_YELLOW, COLOUR_RED };

	for (size_t i = 0; i < f->count; i++) {
		const struct finding *one = &f->list[i];

		printf("%s%-5s%s  %-13s  %s\n", colour(colours[one->verdict]),
		       verdicts[one->verdict], colour(COLOUR_NONE), one->name, one->text);
		if (*one->remedy)
			printf("                      -> %s\n", one->remedy);
	}
}

static int print_json(const struct findings *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->count; i++) {
		const struct finding *one = &f->list[i];

		json_array_append_new(list, json_pack("{s:s s:s s:s s:s?}", "check", one->name,
						      "verdict", verdicts[one->verdict], "text",
						      one->text, "remedy",
						      *one->remedy ? one->remedy : NULL));
	}
	return json_print(json_pack("{s:o}", "findings", list));
}

static int doctor(int argc, char **argv)
{
	static void (*const checks[])(struct findings *f) = {
		check_kernel, check_thp, check_headers, check_module, check_signing, check_selinux,
		check_node, check_interface, check_library, check_udev, check_cgroup,
		check_fragmentation, check_kvm, check_tmp,
	};
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct findings f = { .fd = -1 };
	bool json = false;
	int option, code = EXIT_GOOD;

	while ((option = getopt_long(argc, argv, "jh", options, NULL)) != -1) {
		if (option == 'h')
			return help(&command_doctor);
		else if (option != 'j')
			return bad_usage(&command_doctor);
		json = true;
	}
	if (optind < argc)
		return bad_usage(&command_doctor);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		checks[i](&f);
	if (f.fd >= 0)
		close(f.fd);
	for (size_t i = 0; i < f.count; i++)
		if (f.list[i].verdict == FAULT)
			code = EXIT_FOUND;
	if (!json)
		print_text(&f);
	else if (print_json(&f))
		code = EXIT_FOUND;
	return code;
}

const struct command command_doctor = {
	"doctor", "[--json]", "Checks this machine and says what mends it",
	"  -j, --json   print JSON\n", doctor,
};
