# SPDX-License-Identifier: MIT
#
# acl-emu: make help says what there is.

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help

PREFIX  ?= /usr/local/acl-emu
DESTDIR ?=
KDIR    ?= /lib/modules/$(shell uname -r)/build
BUILD   ?= .build
CC      := $(if $(filter default undefined,$(origin CC)),gcc,$(CC))
CXX     := $(if $(filter default undefined,$(origin CXX)),g++,$(CXX))
W       ?= 1
# ARCH=arm64 builds for another machine than this one.
ifneq ($(ARCH),)
include tests/vm/arch.mk
endif

# The file's version; the SONAME is that of the library it stands for, so that a
# program linked against either runs with the other.
LIB_VERSION := 1.0
LIB_MAJOR   := $(firstword $(subst ., ,$(LIB_VERSION)))
SONAME      := libascendcl.so
# Newer versions of the real library have their runtime part under this name.
SECOND      := libacl_rt.so

# Kernels that check and modules-all build for.
CHECK_KERNELS = $(or $(KERNELS),$(ACL_EMU_CHECK_KERNELS),6.1 6.12)

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
TOP  := $(CURDIR)

.PHONY: help
help:
	@echo 'make demo             two processes share emulated device memory, in a VM'
	@echo 'make check            builds everything and runs all tests, in a VM'
	@echo 'make check-sanitizers the library'\''s tests under AddressSanitizer and ThreadSanitizer'
	@echo 'make bench            measures speed against other kinds of memory, in a VM'
	@echo 'make soak             random calls against a model of the contract, in a VM'
	@echo 'make race             operations against each other, for MINUTES, in a VM'
	@echo 'make fuzz             a fuzzer of the ioctls, for MINUTES, in a VM'
	@echo
	@echo 'make modules          acl_emu.ko for KDIR ($(KDIR))'
	@echo 'make modules-all      acl_emu.ko for the kernels $(CHECK_KERNELS)'
	@echo 'make modules_install  installs it for KDIR, with its udev rule'
	@echo 'make load, unload     inserts acl_emu.ko into the running kernel, removes it'
	@echo '                      (ARGS="name=value ..." are its parameters)'
	@echo 'make lib              the library (CC=clang works as well)'
	@echo 'make hal              the driver layer, for a runtime above it'
	@echo 'make tool             the program acl-emu: who holds what, load, run, trace'
	@echo 'make examples         the example programs'
	@echo 'make man              the manual pages, from the comments of the headers'
	@echo 'make install          library, headers, acl-emu, manual pages and the sources of the'
	@echo '                      examples to DESTDIR and PREFIX ($(PREFIX))'
	@echo 'make check-busy       make check while four processes use the processors'
	@echo 'make check-debug      all tests in a kernel that looks for faults (built once)'
	@echo 'make mutations        takes rules out of the module; the tests must notice'
	@echo 'make coverage         which lines of module and library the tests run'
	@echo 'make lint             static checks of module, library, tests and scripts'
	@echo 'make clean            removes $(BUILD)'
	@echo
	@echo 'tests/vm/run -- PROGRAM   runs any program in a VM with the module'

# --- the module --------------------------------------------------------------

# Built in a farm of links, one a kernel: objects of two kernels never mix.
# Debian's kernel.release is not what uname says; utsrelease.h is.
KRELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null)
KFARM    = $(abspath $(BUILD))/kmod/$(KRELEASE)
KO       = $(KFARM)/kmod/acl_emu.ko
# Headers in a root that tests/vm/deps made have their compiler and tools there.
KROOT    = $(if $(wildcard $(KDIR)/../../../.acl-emu-root),$(abspath $(KDIR)/../../..))
KMAKE    = $(if $(KROOT),tests/vm/in-root $(KROOT) make -C $(patsubst $(KROOT)/%,/%,$(KDIR)),$\
	$(MAKE) -C $(KDIR))

.PHONY: kernel-tree
kernel-tree:
	@test -n '$(KRELEASE)' || { \
		echo 'KDIR=$(KDIR) is not a kernel build tree (no include/generated/utsrelease.h).' >&2; \
		echo 'Install the headers of the kernel, or name its tree: make modules KDIR=...' >&2; \
		exit 1; }

.PHONY: farm
farm: kernel-tree
	@mkdir -p $(KFARM)/kmod
	@ln -sfn $(TOP)/Kbuild $(KFARM)/Kbuild
	@ln -sfn $(TOP)/uapi $(KFARM)/uapi
	@find $(KFARM)/kmod -xtype l -delete
	@find $(TOP)/kmod -maxdepth 1 '(' -name '*.[ch]' -o -name Kbuild ')' ! -name '*.mod.c' \
		-exec ln -sfn '{}' $(KFARM)/kmod/ ';'

.PHONY: modules
modules: farm
	+$(KMAKE) M=$(KFARM) W=$(W) modules

.PHONY: modules-all
modules-all:
	@for k in $(CHECK_KERNELS); do \
		dir=$$(tests/vm/kernel-tree $$k) && \
		$(MAKE) --no-print-directory modules KDIR=$$dir || exit 1; \
	done

# Any word of sparse about a file of ours is a failure.
.PHONY: sparse
sparse: farm
	@find $(KFARM)/kmod -name '*.o' -delete
	+@$(KMAKE) M=$(KFARM) C=2 modules \
		>$(KFARM)/sparse.log 2>&1 || { cat $(KFARM)/sparse.log; exit 1; }
	@! grep -E '^($(KFARM)|$(TOP)|kmod|uapi)[^:]*:.*(warning|error): ' $(KFARM)/sparse.log
	@echo 'sparse: no warnings ($(KRELEASE))'

.PHONY: modules_install
modules_install: modules
	$(MAKE) -C $(KDIR) M=$(KFARM) $(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) modules_install
	if [ -e kmod/99-acl-emu.rules ]; then \
		install -D -m 644 kmod/99-acl-emu.rules \
			$(DESTDIR)/etc/udev/rules.d/99-acl-emu.rules; fi
	$(if $(DESTDIR),,depmod $(KRELEASE))

# The node goes to the one who asked, also when that was through sudo.
.PHONY: load
load: modules
	$(SUDO) insmod $(KO) $(ARGS)
	@if command -v udevadm >/dev/null; then udevadm settle --timeout=10; fi
	@test -c /dev/acl_emu || { \
		echo 'the module is loaded, but nothing made /dev/acl_emu (no devtmpfs?)' >&2; exit 1; }
	$(SUDO) chown $${SUDO_UID:-$$(id -u)} /dev/acl_emu
	@echo '/dev/acl_emu is ready for uid' $${SUDO_UID:-$$(id -u)}

.PHONY: unload
unload:
	$(SUDO) rmmod acl_emu

# --- the library -------------------------------------------------------------

LIB_OUT  ?= $(BUILD)/lib
LIB_FILE := libacl-emu.so.$(LIB_VERSION)
LIB_SRC  := $(wildcard libacl-emu/src/*/*.c)
LIB_OBJ  := $(LIB_SRC:libacl-emu/src/%.c=$(LIB_OUT)/obj/%.o)
LIB_MAP  := libacl-emu/acl-emu.map

CPPFLAGS += -Iuapi -Ilibacl-emu/include
CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra $(if $(WERROR),-Werror)
LIB_CFLAGS := -std=gnu11 $(WARNINGS) -fPIC -fvisibility=hidden -pthread -Ilibacl-emu/src
LIB_LDFLAGS := -shared -pthread -Wl,-soname,$(SONAME) -Wl,-z,defs -Wl,-z,nodelete \
	-Wl,--version-script=$(LIB_MAP)

.PHONY: lib
lib: $(LIB_OUT)/$(SONAME)

$(LIB_OUT)/$(SONAME): $(LIB_OUT)/$(LIB_FILE)
	ln -sfn $(LIB_FILE) $(LIB_OUT)/libacl-emu.so.$(LIB_MAJOR)
	ln -sfn libacl-emu.so.$(LIB_MAJOR) $(LIB_OUT)/$(SECOND)
	ln -sfn libacl-emu.so.$(LIB_MAJOR) $@

$(LIB_OUT)/$(LIB_FILE): $(LIB_OBJ) $(LIB_MAP)
	$(CC) $(LIB_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $(LIB_OBJ) $(LDLIBS)

$(LIB_OUT)/obj/%.o: libacl-emu/src/%.c $(LIB_OUT)/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(LIB_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Changed flags, another compiler or a source that is gone make everything anew.
.PHONY: force
$(LIB_OUT)/flags: force
	@mkdir -p $(LIB_OUT)/obj
	@echo '$(CC) $(CPPFLAGS) $(LIB_CFLAGS) $(CFLAGS) $(LDFLAGS) $(LIB_OBJ)' >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

-include $(LIB_OBJ:.o=.d)

# What "acl-emu trace --calls" preloads: a function for each one that is exported.
CALLS_DIR := libacl-emu/calls
CALLS_OUT := $(BUILD)/calls
CALLS_HEADERS := acl/acl.h acl/acl_rt_allocator.h acl/acl_rt_memory_soma.h \
	acl_emu/extensions.h runtime/rt.h tikicpulib.h
CALLS_LIB := $(LIB_OUT)/libacl-emu-calls.so

$(CALLS_OUT)/functions.c: $(CALLS_DIR)/generate libacl-emu/symbols.txt \
		$(shell find libacl-emu/include -name '*.h')
	@mkdir -p $(@D)
	printf '#include "%s"\n' $(CALLS_HEADERS) >$(CALLS_OUT)/all.h
	$(CC) -E -P -dD -Ilibacl-emu/include -x c -o $(CALLS_OUT)/all.i $(CALLS_OUT)/all.h
	$(CALLS_DIR)/generate libacl-emu/symbols.txt $(CALLS_HEADERS) <$(CALLS_OUT)/all.i >$@.new
	@mv $@.new $@

$(CALLS_LIB): $(CALLS_OUT)/functions.c $(CALLS_DIR)/calls.c $(CALLS_DIR)/calls.h \
		$(LIB_OUT)/flags
	$(CC) -std=gnu11 $(WARNINGS) -Ilibacl-emu/include -I$(CALLS_DIR) $(CFLAGS) $(LDFLAGS) -fPIC \
		-fvisibility=hidden -pthread -shared -o $@ $(CALLS_OUT)/functions.c \
		$(CALLS_DIR)/calls.c -ldl

# --- the driver layer: libascend_hal.so, of hal/ and the core of the library ------

HAL_DIR  := libacl-emu/hal
HAL_NAME := libascend_hal.so
HAL_OBJ  := $(patsubst $(HAL_DIR)/%.c,$(LIB_OUT)/hal/%.o,$(wildcard $(HAL_DIR)/*.c))
HAL_CORE := $(filter $(LIB_OUT)/obj/core/%,$(LIB_OBJ))
HAL_MAP  := $(HAL_DIR)/hal.map

.PHONY: hal
hal: $(LIB_OUT)/$(HAL_NAME)

$(LIB_OUT)/$(HAL_NAME): $(HAL_OBJ) $(HAL_CORE) $(HAL_MAP)
	$(CC) -shared -pthread -Wl,-soname,$(HAL_NAME) -Wl,-z,defs -Wl,-z,nodelete \
		-Wl,--version-script=$(HAL_MAP) $(CFLAGS) $(LDFLAGS) -o $@ $(HAL_OBJ) $(HAL_CORE) \
		$(LDLIBS)

# Its functions are exported by the version script.
$(LIB_OUT)/hal/%.o: $(HAL_DIR)/%.c $(LIB_OUT)/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -I$(HAL_DIR)/include $(LIB_CFLAGS) -fvisibility=default $(CFLAGS) -MMD -MP \
		-c -o $@ $<

-include $(HAL_OBJ:.o=.d)

# --- the program acl-emu -------------------------------------------------------

TOOL_DIR := libacl-emu/tools/acl-emu
TOOL_OUT := $(BUILD)/tool
TOOL_OBJ := $(patsubst $(TOOL_DIR)/%.c,$(TOOL_OUT)/obj/%.o,$(wildcard $(TOOL_DIR)/*.c))
TOOL_LIBS := -ljansson -lkmod -lncurses -ltinfo -ldw -lelf -ldl

.PHONY: tool
tool: $(TOOL_OUT)/acl-emu $(CALLS_LIB)

$(TOOL_OUT)/acl-emu: $(TOOL_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(TOOL_OBJ) $(TOOL_LIBS)

$(TOOL_OUT)/obj/%.o: $(TOOL_DIR)/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(TOOL_OBJ:.o=.d)

# --- the examples ------------------------------------------------------------

EX_OUT := $(BUILD)/examples
EX_BIN := $(patsubst libacl-emu/examples/%.c,$(EX_OUT)/%,$(wildcard libacl-emu/examples/*.c)) \
	$(patsubst libacl-emu/examples/%.cpp,$(EX_OUT)/%,$(wildcard libacl-emu/examples/*.cpp))
EX_LINK = -L$(LIB_OUT) -lascendcl -Wl,-rpath,$(abspath $(LIB_OUT)) -pthread

.PHONY: examples
examples: $(EX_BIN)

$(EX_OUT)/%: libacl-emu/examples/%.c $(LIB_OUT)/$(SONAME)
	@mkdir -p $(EX_OUT)
	$(CC) -std=gnu11 $(WARNINGS) -Ilibacl-emu/include $(CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(EX_LINK)

$(EX_OUT)/%: libacl-emu/examples/%.cpp $(LIB_OUT)/$(SONAME)
	@mkdir -p $(EX_OUT)
	$(CXX) -std=c++17 $(WARNINGS) -Ilibacl-emu/include $(CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(EX_LINK)

-include $(EX_BIN:=.d)

# --- the manual pages --------------------------------------------------------

MAN_OUT := $(BUILD)/man
MAN_SRC := libacl-emu/tools/manpages libacl-emu/symbols.txt libacl-emu/README.md \
	$(HAL_DIR)/acl-emu-hal.7 \
	$(shell find libacl-emu/include -name '*.h')

.PHONY: man
man: $(MAN_OUT)/man7/acl-emu.7

$(MAN_OUT)/man7/acl-emu.7: $(MAN_SRC)
	@rm -rf $(MAN_OUT)
	@mkdir -p $(MAN_OUT)
	libacl-emu/tools/manpages $(MAN_OUT) $(LIB_VERSION) libacl-emu
	cp $(HAL_DIR)/acl-emu-hal.7 $(MAN_OUT)/man7/

# --- installation ------------------------------------------------------------

INSTALL_TO := $(DESTDIR)$(PREFIX)

.PHONY: install
install: lib hal man tool
	install -d $(INSTALL_TO)/lib64/pkgconfig $(INSTALL_TO)/include
	install -D -m 755 $(TOOL_OUT)/acl-emu $(INSTALL_TO)/bin/acl-emu
	install -D -m 644 $(TOOL_DIR)/acl-emu.1 $(INSTALL_TO)/share/man/man1/acl-emu.1
	install -D -m 644 $(TOOL_DIR)/acl-emu.bash \
		$(INSTALL_TO)/share/bash-completion/completions/acl-emu
	install -m 644 $(LIB_OUT)/$(LIB_FILE) $(CALLS_LIB) $(INSTALL_TO)/lib64/
	ln -sfn $(LIB_FILE) $(INSTALL_TO)/lib64/libacl-emu.so.$(LIB_MAJOR)
	ln -sfn libacl-emu.so.$(LIB_MAJOR) $(INSTALL_TO)/lib64/$(SONAME)
	ln -sfn libacl-emu.so.$(LIB_MAJOR) $(INSTALL_TO)/lib64/$(SECOND)
	install -D -m 755 $(LIB_OUT)/$(HAL_NAME) $(INSTALL_TO)/driver/lib64/driver/$(HAL_NAME)
	install -D -m 644 $(HAL_DIR)/include/acl_emu_hal.h \
		$(INSTALL_TO)/driver/include/acl_emu_hal.h
	cd libacl-emu/include && find . -type f -name '*.h' \
		-exec install -D -m 644 '{}' '$(abspath $(INSTALL_TO))/include/{}' ';'
	sed 's|@PREFIX@|$(PREFIX)|g; s|@VERSION@|$(LIB_VERSION)|g' libacl-emu/acl-emu.pc.in \
		>$(INSTALL_TO)/lib64/pkgconfig/acl-emu.pc
	sed 's|@PREFIX@|$(PREFIX)|g' libacl-emu/set_env.sh.in >$(INSTALL_TO)/set_env.sh
	cd $(MAN_OUT) && find . -type f -name '*.[1-8]' \
		-exec install -D -m 644 '{}' '$(abspath $(INSTALL_TO))/share/man/{}' ';'
	install -d $(INSTALL_TO)/share/doc/acl-emu/examples
	install -m 644 libacl-emu/examples/*.c libacl-emu/examples/*.cpp \
		$(INSTALL_TO)/share/doc/acl-emu/examples/

# --- the two main commands ---------------------------------------------------

.PHONY: deps
deps:
	@tests/vm/deps --kernels '$(CHECK_KERNELS)' build vm test

.PHONY: demo
demo:
	@tests/vm/deps --kernels 6.1 build vm
	@$(MAKE) --no-print-directory lib examples
	@tests/vm/run -- libacl-emu/examples/demo.sh

.PHONY: check
check: deps
	@CHECK_KERNELS='$(CHECK_KERNELS)' tests/check

.PHONY: check-busy
check-busy: deps
	@CHECK_KERNELS='$(CHECK_KERNELS)' tests/check --busy

# The quick ones are in check.
.PHONY: lint
lint:
	@tests/vm/deps --kernels '$(CHECK_KERNELS)' build lint
	@CHECK_KERNELS='$(CHECK_KERNELS)' tests/lint/run all

# The debug kernel is built here the first time, and kept in the cache; KERNEL=6.1
# takes one of that source.
.PHONY: check-debug
check-debug: export ACL_EMU_SOURCE := $(or $(KERNEL),6.12)
check-debug:
	@tests/vm/deps --kernels "" build vm test debug
	@tests/check --debug

.PHONY: mutations
mutations:
	@tests/vm/deps build vm test debug
	@$(MAKE) --no-print-directory kselftest
	@tests/mutations $(NAMES)

.PHONY: coverage
coverage:
	@tests/vm/deps build vm test debug
	@tests/coverage/run

.PHONY: kselftest
kselftest: lib hal examples tool
	@$(MAKE) --no-print-directory -C tests/kselftest OUTPUT=$(abspath $(BUILD))/kselftest \
		$(KSFT_ARGS)

.PHONY: check-sanitizers
check-sanitizers: deps
	@tests/sanitize

# Random sequences of calls against a model of the contract, until the time is
# over or one differs. SEED= begins with the seed that an earlier run told.
MINUTES ?= 10
.PHONY: soak
soak:
	@tests/vm/deps --kernels '$(or $(KERNEL),6.12)' build vm test
	@$(MAKE) --no-print-directory kselftest
	@tests/vm/run --kernel '$(or $(KERNEL),6.12)' --append init_on_alloc=0 \
		--timeout $$(($(MINUTES) * 60 + 300)) \
		--module-args 'devices=2 capacity_mb=16 host_mb=16' \
		-- $(abspath $(BUILD))/kselftest/acl/model --minutes $(MINUTES) \
		$(if $(SEED),--seed $(SEED))

# Speed against what a user would pick instead; BENCH=native on this kernel,
# KERNEL=6.1 in a VM of that. See tests/bench/run.
.PHONY: bench
bench: lib
ifneq ($(BENCH),native)
	@tests/vm/deps --kernels '$(or $(KERNEL),6.12)' build vm
endif
	@$(MAKE) --no-print-directory -C tests/bench OUTPUT=$(abspath $(BUILD))/bench
	@BENCH='$(BENCH)' KERNEL='$(KERNEL)' tests/bench/run

# Programs made by chance, for MINUTES; see tests/fuzz/run.
.PHONY: fuzz
fuzz:
	@tests/vm/deps --kernels 6.12 build vm
	@$(MAKE) --no-print-directory -C tests/fuzz OUTPUT=$(abspath $(BUILD))/fuzz
	@MINUTES='$(MINUTES)' KERNEL='$(KERNEL)' tests/fuzz/run

# All pairs of operations against each other, again and again for MINUTES, and then
# four at a time for as long; see tests/kselftest/race/pairs.c.
.PHONY: race
race:
	@tests/vm/deps --kernels '$(or $(KERNEL),6.12)' build vm test
	@$(MAKE) --no-print-directory kselftest
	@tests/vm/run --kernel '$(or $(KERNEL),6.12)' --append init_on_alloc=0 \
		--timeout $$(($(or $(MINUTES),5) * 120 + 600)) -- env \
		ACL_EMU_RACE_MINUTES=$(or $(MINUTES),5) ACL_EMU_RACE_SEED=$(or $(SEED),1) \
		$(abspath $(BUILD))/kselftest/race/pairs

.PHONY: clean
clean:
	rm -rf $(BUILD)
