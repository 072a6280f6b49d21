# SPDX-License-Identifier: MIT
#
# make ARCH=arm64: the cross-compiler, and a Debian root with the machine's libraries
# (see arch.sh). On a machine of that kind nothing differs.

ARCH_SETTINGS := $(shell ARCH='$(ARCH)' bash -c '. tests/vm/arch.sh && \
	echo "cross=$$arch_cross build=$$arch_build root=$$arch_root"')
arch-setting = $(patsubst $1=%,%,$(filter $1=%,$(ARCH_SETTINGS)))

ifeq ($(ARCH_SETTINGS),)
$(error ARCH=$(ARCH) is not supported)
endif
ifneq ($(call arch-setting,cross),)
export ARCH
export CROSS_COMPILE := $(call arch-setting,cross)
BUILD := $(call arch-setting,build)
CC  := $(CROSS_COMPILE)gcc --sysroot=$(call arch-setting,root)
CXX := $(CROSS_COMPILE)g++ --sysroot=$(call arch-setting,root)
KSFT_ARGS := BUILD='$(abspath $(BUILD))' CC='$(CC)' AR='$(CROSS_COMPILE)ar'
ACL_EMU_CHECK_KERNELS ?= 6.12
endif
