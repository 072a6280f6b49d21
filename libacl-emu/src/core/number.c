// SPDX-License-Identifier: MIT
/*
 * Numbers: sizes of their types, and half precision.
 */
#include <string.h>

#include "core/common.h"

/* Types smaller than a byte have size 1; unknown types the size of the widest one. */
size_t aclDataTypeSize(aclDataType dataType)
{
	switch ((int)dataType) {
	case ACL_DT_UNDEFINED:
	case ACL_STRING:
		return 0;
	case ACL_BOOL:
	case ACL_INT8:
	case ACL_UINT8:
	case ACL_INT4:
	case ACL_UINT1:
	case ACL_HIFLOAT8:
	case ACL_FLOAT8_E5M2:
	case ACL_FLOAT8_E4M3FN:
	case ACL_FLOAT8_E8M0:
	case ACL_FLOAT6_E3M2:
	case ACL_FLOAT6_E2M3:
	case ACL_FLOAT4_E2M1:
	case ACL_FLOAT4_E1M2:
		return 1;
	case ACL_FLOAT16:
	case ACL_BF16:
	case ACL_INT16:
	case ACL_UINT16:
		return 2;
	case ACL_FLOAT:
	case ACL_INT32:
	case ACL_UINT32:
	case ACL_COMPLEX32:
		return 4;
	case ACL_COMPLEX128:
		return 16;
	default:
		return 8;
	}
}

float aclFloat16ToFloat(aclFloat16 value)
{
	uint32_t sign = (uint32_t)(value & 0x8000) << 16;
	uint32_t exponent = value >> 10 & 0x1f;
	uint32_t fraction = value & 0x3ff;
	uint32_t bits;
	float out;

	if (exponent == 0x1f) {
		bits = 0x7f800000 | fraction << 13;
	} else if (exponent) {
		bits = (exponent + 127 - 15) << 23 | fraction << 13;
	} else if (fraction) {
		/* A subnormal half is a normal float: the top bit becomes the hidden bit. */
		for (exponent = 127 - 14; !(fraction & 0x400); exponent--)
			fraction <<= 1;
		bits = exponent << 23 | (fraction & 0x3ff) << 13;
	} else {
		bits = 0;
	}
	bits |= sign;
	memcpy(&out, &bits, sizeof(out));
	return out;
}

/* Drops the lowest @drop bits of @bits and rounds to nearest even. */
static uint32_t round_off(uint32_t bits, unsigned int drop)
{
	uint32_t half = UINT32_C(1) << (drop - 1);
	uint32_t rest = bits & (2 * half - 1);
	uint32_t kept = bits >> drop;

	return kept + (rest > half || (rest == half && kept & 1));
}

aclFloat16 aclFloatToFloat16(float value)
{
	uint32_t bits, magnitude, half;
	unsigned int exponent;

	memcpy(&bits, &value, sizeof(bits));
	magnitude = bits & 0x7fffffff;
	exponent = magnitude >> 23;
	if (magnitude > 0x7f800000)
		half = 0x7e00 | (magnitude >> 13 & 0x3ff);
	else if (exponent > 127 + 15)
		half = 0x7c00;
	else if (exponent > 127 - 15)
		/* A fraction that rounds up to all ones carries into the exponent. */
		half = round_off(magnitude - ((uint32_t)(127 - 15) << 23), 13);
	else if (exponent >= 127 - 25)
		half = round_off((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
	else
		half = 0;
	return (aclFloat16)(half | (bits >> 16 & 0x8000));
}
