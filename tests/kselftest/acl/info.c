// SPDX-License-Identifier: MIT
/*
 * Queries: device, ids, version, sizes of types; and all 65536 values of half
 * precision.
 */
#include "acl_test.h"

WORLD_FIXTURE(info);

TEST_F(info, soc)
{
	int32_t can = 5;

	EXPECT_STREQ("Ascend910B3", aclrtGetSocName());
	setenv("ACL_EMU_SOC", "Ascend910B1", 1);
	EXPECT_STREQ("Ascend910B1", aclrtGetSocName());
	WORKS(aclrtCheckArchCompatibility("Ascend910B4", &can));
	EXPECT_EQ(1, can);
	WORKS(aclrtCheckArchCompatibility("Ascend910_9391", &can));
	EXPECT_EQ(1, can);
	WORKS(aclrtCheckArchCompatibility("Ascend310P3", &can));
	EXPECT_EQ(0, can);
	setenv("ACL_EMU_SOC", "Ascend310P3", 1);
	WORKS(aclrtCheckArchCompatibility("Ascend310P3", &can));
	EXPECT_EQ(1, can);
	WORKS(aclrtCheckArchCompatibility("Ascend910B3", &can));
	EXPECT_EQ(0, can);
	unsetenv("ACL_EMU_SOC");
	can = 5;
	FAILS(INVALID, aclrtCheckArchCompatibility(NULL, &can), "socVersion");
	EXPECT_EQ(5, can);
}

TEST_F(info, run_mode)
{
	aclrtRunMode mode = ACL_DEVICE;

	WORKS(aclrtGetRunMode(&mode));
	EXPECT_EQ(ACL_HOST, mode);
}

TEST_F(info, capability)
{
	uint32_t cores = 5;
	int64_t value = 5;

	WORKS(aclGetDeviceCapability(1, ACL_DEVICE_INFO_AI_CORE_NUM, &value));
	EXPECT_EQ(20, value);
	WORKS(aclGetDeviceCapability(1, ACL_DEVICE_INFO_VECTOR_CORE_NUM, &value));
	EXPECT_EQ(40, value);
	WORKS(aclGetDeviceCapability(1, ACL_DEVICE_INFO_L2_SIZE, &value));
	EXPECT_EQ((int64_t)(192 * MIB), value);
	WORKS(aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, &cores));
	EXPECT_EQ(20, cores);
	WORKS(aclrtGetResInCurrentThread(ACL_RT_DEV_RES_VECTOR_CORE, &cores));
	EXPECT_EQ(40, cores);
}

static aclError cores_without_context(void *arg)
{
	(void)arg;
	return aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, &(uint32_t){ 0 });
}

TEST_F(info, capability_wrong)
{
	uint32_t cores = 5;
	int64_t value = 5;

	FAILS(INVALID, aclGetDeviceCapability(0, ACL_DEVICE_INFO_L2_SIZE, NULL), "value");
	FAILS(INVALID, aclGetDeviceCapability(64, ACL_DEVICE_INFO_L2_SIZE, &value), "64");
	FAILS(INVALID, aclGetDeviceCapability(0, ACL_DEVICE_INFO_UNDEFINED, &value), "-1");
	FAILS(INVALID, aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, NULL), "value");
	FAILS(PARAM, aclrtGetResInCurrentThread((aclrtDevResLimitType)2, &cores), "2");
	EXPECT_EQ(NO_CONTEXT, in_new_thread(cores_without_context, NULL));
	setenv("ACL_EMU_SOC", "Ascend310P3", 1);
	FAILS(UNSUPPORTED,
	      aclGetDeviceCapability(0, ACL_DEVICE_INFO_L2_SIZE, &value), "Ascend310P3");
	FAILS(UNSUPPORTED,
	      aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, &cores), "Ascend310P3");
	unsetenv("ACL_EMU_SOC");
	EXPECT_EQ(5, value);
	EXPECT_EQ(5, cores);
}

TEST_F(info, features)
{
	int32_t value = 5;

	WORKS(aclrtGetDeviceCapability(0, ACL_FEATURE_TSCPU_TASK_UPDATE_SUPPORT_AIC_AIV, &value));
	EXPECT_EQ(ACL_DEV_FEATURE_NOT_SUPPORT, value);
	value = 5;
	FAILS(INVALID,
	      aclrtGetDeviceCapability(0, ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV, NULL), "value");
	FAILS(BAD_DEVICE,
	      aclrtGetDeviceCapability(64, ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV, &value), "64");
	FAILS(PARAM, aclrtGetDeviceCapability(0, (aclrtDevFeatureType)2, &value), "2");
	EXPECT_EQ(5, value);
}

TEST_F(info, faults)
{
	aclrtErrorInfo fault, zero;

	memset(&fault, 0xff, sizeof(fault));
	memset(&zero, 0, sizeof(zero));
	WORKS(aclrtGetErrorVerbose(1, &fault));
	EXPECT_EQ(ACL_RT_NO_ERROR, fault.errorType);
	EXPECT_EQ(0, memcmp(&fault, &zero, sizeof(fault)));
	FAILS(BAD_DEVICE, aclrtGetErrorVerbose(64, &fault), "64");
}

TEST_F(info, version)
{
	char runtime[] = "runtime", other[] = "compiler", text[ACL_PKG_VERSION_MAX_SIZE] = "";
	int major = 0, minor = 0, patch = -1;
	int32_t number = 5;

	WORKS(aclsysGetVersionStr(runtime, text));
	ASSERT_EQ(3, sscanf(text, "%d.%d.%d", &major, &minor, &patch)) TH_LOG("%s", text);
	WORKS(aclsysGetVersionNum(runtime, &number));
	EXPECT_EQ(major * 10000000 + minor * 100000 + patch * 1000, number);
	EXPECT_LE(80000000, number);
	number = 5;
	text[0] = '\0';
	FAILS(INVALID, aclsysGetVersionStr(NULL, text), "pkgName");
	FAILS(ACL_ERROR_INVALID_FILE, aclsysGetVersionStr(other, text), "compiler");
	FAILS(INVALID, aclsysGetVersionNum(NULL, &number), "pkgName");
	FAILS(ACL_ERROR_INVALID_FILE, aclsysGetVersionNum(other, &number), "compiler");
	EXPECT_EQ(5, number);
	EXPECT_STREQ("", text);
}

TEST_F(info, attributes)
{
	const aclCannAttr *list = NULL;
	int32_t value = 5;
	size_t count = 0, i;

	WORKS(aclGetCannAttributeList(&list, &count));
	ASSERT_EQ(2, count);
	for (i = 0; i < count; i++) {
		value = 5;
		WORKS(aclGetCannAttribute(list[i], &value));
		EXPECT_EQ(1, value);
	}
	WORKS(aclGetCannAttribute(ACL_CANN_ATTR_JIT_COMPILE, &value));
	EXPECT_EQ(0, value);
	value = 5;
	FAILS(INVALID, aclGetCannAttributeList(&list, NULL), "num");
	FAILS(INVALID, aclGetCannAttribute(ACL_CANN_ATTR_UNDEFINED, &value), "-1");
	EXPECT_EQ(5, value);
}

TEST_F(info, usage_not_counted)
{
	aclrtMemUsageInfo use = { .curMemSize = 5 };
	size_t count = 5;

	FAILS(UNSUPPORTED, aclrtGetMemUsageInfo(0, &use, 1, &count), NULL);
	FAILS(INVALID, aclrtGetMemUsageInfo(0, &use, 0, &count), "inputNum");
	FAILS(INVALID, aclrtGetMemUsageInfo(0, &use, 1, NULL), "outputNum");
	FAILS(BAD_DEVICE, aclrtGetMemUsageInfo(64, &use, 1, &count), "64");
	EXPECT_EQ(5, count);
	EXPECT_EQ(5, use.curMemSize);
}

TEST(sizes)
{
	static const struct { aclDataType type; size_t size; } is[] = {
		{ ACL_DT_UNDEFINED, 0 }, { ACL_FLOAT, 4 }, { ACL_FLOAT16, 2 }, { ACL_INT8, 1 },
		{ ACL_INT32, 4 }, { ACL_UINT8, 1 }, { ACL_INT16, 2 }, { ACL_UINT16, 2 },
		{ ACL_UINT32, 4 }, { ACL_INT64, 8 }, { ACL_UINT64, 8 }, { ACL_DOUBLE, 8 },
		{ ACL_BOOL, 1 }, { ACL_STRING, 0 }, { ACL_COMPLEX64, 8 }, { ACL_COMPLEX128, 16 },
		{ ACL_BF16, 2 }, { ACL_INT4, 1 }, { ACL_UINT1, 1 }, { ACL_COMPLEX32, 4 },
		{ ACL_HIFLOAT8, 1 }, { ACL_FLOAT8_E4M3FN, 1 }, { ACL_FLOAT4_E1M2, 1 },
		{ (aclDataType)1000, 8 },
	};
	size_t i;

	for (i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
		EXPECT_EQ(is[i].size, aclDataTypeSize(is[i].type)) TH_LOG("type %d", is[i].type);
	}
}

/* ---- half precision ---- */

static float from_bits(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

static uint32_t to_bits(float f)
{
	uint32_t bits;

	memcpy(&bits, &f, sizeof(bits));
	return bits;
}

/* By arithmetic, not by bits: sign, then fraction times a power of two. */
static double half_value(unsigned int half)
{
	double value = half & 0x3ff;
	int power = half >> 10 & 0x1f;

	if (power)
		value += 1024;
	for (power = power ? power - 25 : -24; power > 0; power--)
		value *= 2;
	for (; power < 0; power++)
		value /= 2;
	return half & 0x8000 ? -value : value;
}

TEST(half_to_float_and_back)
{
	unsigned int half;
	float f;

	for (half = 0; half < 0x10000; half++) {
		f = aclFloat16ToFloat((aclFloat16)half);
		if ((half & 0x7c00) == 0x7c00)
			continue;
		ASSERT_EQ(1, f == half_value(half)) TH_LOG("half %#x", half);
		ASSERT_EQ(half, aclFloatToFloat16(f)) TH_LOG("half %#x", half);
	}
	EXPECT_EQ(0x7f800000, to_bits(aclFloat16ToFloat(0x7c00)));
	EXPECT_EQ(0xff800000, to_bits(aclFloat16ToFloat(0xfc00)));
	EXPECT_EQ(0x7c00, aclFloatToFloat16(from_bits(0x7f800000)));
	EXPECT_EQ(0xfc00, aclFloatToFloat16(from_bits(0xff800000)));
	EXPECT_EQ(0x8000, aclFloatToFloat16(-0.0f));
}

TEST(half_not_a_number)
{
	unsigned int half;
	uint32_t bits;

	for (half = 0x7c01; half < 0x8000; half++) {
		bits = to_bits(aclFloat16ToFloat((aclFloat16)half));
		ASSERT_EQ(1, (bits & 0x7f800000) == 0x7f800000 && bits & 0x7fffff);
		ASSERT_LT(0x7c00, aclFloatToFloat16(from_bits(bits)) & 0x7fff);
	}
	/* The bits that are cut off may not turn it into infinity. */
	EXPECT_LT(0x7c00, aclFloatToFloat16(from_bits(0x7f800001)));
	EXPECT_LT(0xfc00, aclFloatToFloat16(from_bits(0xff800001)));
}

/* Between two neighbours: below, at and above the middle. */
TEST(half_rounds_to_even)
{
	unsigned int half;
	uint32_t middle;

	for (half = 0; half < 0x7bff; half++) {
		middle = to_bits((float)((half_value(half) + half_value(half + 1)) / 2));
		ASSERT_EQ(half, aclFloatToFloat16(from_bits(middle - 1))) TH_LOG("%#x", half);
		ASSERT_EQ(half + (half & 1), aclFloatToFloat16(from_bits(middle)))
			TH_LOG("%#x", half);
		ASSERT_EQ(half + 1, aclFloatToFloat16(from_bits(middle + 1))) TH_LOG("%#x", half);
		ASSERT_EQ(0x8000 + half + 1, aclFloatToFloat16(-from_bits(middle + 1)));
	}
	EXPECT_EQ(0x7bff, aclFloatToFloat16(65519.996f));
	EXPECT_EQ(0x7c00, aclFloatToFloat16(65520.0f));
	EXPECT_EQ(0x7c00, aclFloatToFloat16(1e30f));
	EXPECT_EQ(0, aclFloatToFloat16(1e-30f));
	EXPECT_EQ(0, aclFloatToFloat16(from_bits(1)));
}

/* ---- log ---- */

/* What a child prints that logs one record of each level. */
static void logged(const char *print, const char *level, char *text, size_t room)
{
	ssize_t got, used = 0;
	int fd[2];
	pid_t pid;

	text[0] = '\0';
	if (pipe(fd))
		return;
	fflush(NULL);
	pid = fork();
	if (!pid) {
		dup2(fd[1], 1);
		setenv("ASCEND_SLOG_PRINT_TO_STDOUT", print, 1);
		setenv("ASCEND_GLOBAL_LOG_LEVEL", level, 1);
		ACL_APP_LOG(ACL_DEBUG, "debug %d", 1);
		ACL_APP_LOG(ACL_WARNING, "warning %s", "two");
		ACL_APP_LOG(ACL_ERROR, "error");
		aclAppLog((aclLogLevel)9, "f", "f", 1, "nine");
		aclAppLog(ACL_ERROR, NULL, NULL, 1, "nowhere");
		_exit(0);
	}
	close(fd[1]);
	while ((got = read(fd[0], text + used, room - 1 - (size_t)used)) > 0)
		used += got;
	text[used] = '\0';
	close(fd[0]);
	join(pid);
}

TEST(log_records)
{
	char text[2048];

	logged("1", "2", text, sizeof(text));
	EXPECT_EQ(NULL, strstr(text, "debug 1")) TH_LOG("%s", text);
	EXPECT_HOLDS(text, "warning two");
	EXPECT_HOLDS(text, "[logged] error");
	EXPECT_HOLDS(text, "info.c");
	EXPECT_HOLDS(text, "nowhere");
	EXPECT_EQ(NULL, strstr(text, "nine")) TH_LOG("%s", text);
	logged("1", "", text, sizeof(text));
	EXPECT_EQ(NULL, strstr(text, "warning")) TH_LOG("%s", text);
	EXPECT_HOLDS(text, "error");
	logged("0", "0", text, sizeof(text));
	EXPECT_STREQ("", text);
}

TEST_HARNESS_MAIN
