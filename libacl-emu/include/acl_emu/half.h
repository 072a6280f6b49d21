/* SPDX-License-Identifier: MIT */
/**
 * @file half.h
 * @brief The 16-bit floating-point types half and bfloat16_t on the CPU.
 *
 * tikicpulib.h includes this file; programs do not need to.
 *
 * Both types are the compiler's own, _Float16 and __bf16, where it has them with arithmetic.
 * Elsewhere C++ gets a class that converts from every arithmetic type, converts to float and
 * calculates, and C gets a structure. Both types have 2 bytes in every case, so data in memory
 * is the same whichever compiler a program uses. A function that takes or returns them by value
 * must be compiled by the same compiler as its callers.
 *
 * C that must compile with every compiler converts with acl_emu_half_from(), acl_emu_half_to(),
 * acl_emu_bfloat16_from() and acl_emu_bfloat16_to() and calculates in float.
 */
#ifndef ACL_EMU_HALF_H
#define ACL_EMU_HALF_H

#include <stdint.h>
#include <string.h>
#ifdef __cplusplus
#include <type_traits>
#endif

/* g++ defines the limits of _Float16 before it has the keyword: it came with 12 on x86. */
#if !defined(__FLT16_MANT_DIG__)
#define ACL_EMU_FLOAT16 0
#elif !defined(__cplusplus) || defined(__clang__) || __GNUC__ >= 13
#define ACL_EMU_FLOAT16 1
#elif __GNUC__ == 12 && (defined(__x86_64__) || defined(__i386__))
#define ACL_EMU_FLOAT16 1
#else
#define ACL_EMU_FLOAT16 0
#endif

/* Earlier compilers have a __bf16 that they cannot calculate with; it has no limits. */
#if defined(__BFLT16_MANT_DIG__)
#define ACL_EMU_BFLOAT16 1
#else
#define ACL_EMU_BFLOAT16 0
#endif

/*
 * Rounds to nearest, ties to even, as the compilers' conversions do. The widths are those of
 * exponent and fraction.
 */
static inline uint16_t acl_emu_narrow(double value, int exponentBits, int fractionBits)
{
	const uint16_t infinity = (uint16_t)(((1 << exponentBits) - 1) << fractionBits);
	int drop = 52 - fractionBits, exponent;
	uint64_t bits, significand, rounded, rest;
	uint16_t sign;

	memcpy(&bits, &value, sizeof(bits));
	sign = (uint16_t)(bits >> 63 << 15);
	exponent = (int)(bits >> 52 & 0x7ff);
	significand = bits & ((UINT64_C(1) << 52) - 1);
	if (exponent == 0x7ff) { /* infinity, or a NaN, which becomes quiet */
		if (significand)
			significand |= UINT64_C(1) << 51;
		return (uint16_t)(sign | infinity | significand >> drop);
	}
	significand |= UINT64_C(1) << 52;
	exponent += (1 << (exponentBits - 1)) - 1 - 1023;
	if (exponent < 1) { /* a subnormal number, or 0 */
		drop += 1 - exponent;
		exponent = 1;
		if (drop > 53)
			return sign;
	}
	rounded = significand >> drop;
	rest = (significand & ((UINT64_C(1) << drop) - 1)) << (64 - drop);
	if (rest > UINT64_C(1) << 63 || (rest == UINT64_C(1) << 63 && rounded & 1))
		rounded++;
	rounded += (uint64_t)(exponent - 1) << fractionBits;
	return (uint16_t)(sign | (rounded < infinity ? rounded : infinity));
}

/* Exact. */
static inline float acl_emu_widen(uint16_t value, int fractionBits)
{
	uint32_t bits = (uint32_t)(value & 0x7fff) << (23 - fractionBits);
	const uint32_t exponent = bits >> 23;
	float number;

	if (fractionBits == 10 && !exponent) { /* 0 or subnormal; a normal float in any case */
		number = (float)(value & 0x3ff) / 16777216;
		memcpy(&bits, &number, sizeof(bits));
	} else if (fractionBits == 10) {
		bits += (uint32_t)(exponent == 31 ? 255 - 31 : 127 - 15) << 23;
	}
	bits |= (uint32_t)(value & 0x8000) << 16;
	memcpy(&number, &bits, sizeof(number));
	return number;
}

#ifdef __cplusplus

namespace acl_emu
{

/** @brief A 16-bit floating-point number; half and bfloat16_t of compilers that have none. */
template <int ExponentBits, int FractionBits>
class small_float
{
	template <typename T>
	using if_arithmetic = typename std::enable_if<std::is_arithmetic<T>::value, int>::type;
	/* With a wider floating-point type the result has that type, as for the compiler's own. */
	template <typename T>
	using result = typename std::conditional<std::is_floating_point<T>::value, T,
						 small_float>::type;

public:
	uint16_t bits; /**< public, so that memcpy() into the type has no warning */

	small_float() = default;
	template <typename T, if_arithmetic<T> = 0>
	small_float(T value)
	    : bits(acl_emu_narrow(static_cast<double>(value), ExponentBits, FractionBits))
	{
	}
	operator float(void) const
	{
		return acl_emu_widen(bits, FractionBits);
	}

	small_float operator+() const
	{
		return *this;
	}
	small_float operator-() const
	{
		small_float negative(*this);

		negative.bits ^= 0x8000;
		return negative;
	}

#define ACL_EMU_OPERATOR(op)                                                                      \
	friend small_float operator op(small_float a, small_float b)                              \
	{                                                                                         \
		return static_cast<float>(a) op static_cast<float>(b);                            \
	}                                                                                         \
	template <typename T, if_arithmetic<T> = 0>                                               \
	friend result<T> operator op(small_float a, T b)                                          \
	{                                                                                         \
		return static_cast<result<T>>(a) op static_cast<result<T>>(b);                    \
	}                                                                                         \
	template <typename T, if_arithmetic<T> = 0>                                               \
	friend result<T> operator op(T a, small_float b)                                          \
	{                                                                                         \
		return static_cast<result<T>>(a) op static_cast<result<T>>(b);                    \
	}                                                                                         \
	template <typename T>                                                                     \
	small_float &operator op##=(T b)                                                          \
	{                                                                                         \
		return *this = *this op b;                                                        \
	}
	ACL_EMU_OPERATOR(+)
	ACL_EMU_OPERATOR(-)
	ACL_EMU_OPERATOR(*)
	ACL_EMU_OPERATOR(/)
#undef ACL_EMU_OPERATOR

	small_float &operator++()
	{
		return *this += 1;
	}
	small_float &operator--()
	{
		return *this -= 1;
	}
	small_float operator++(int)
	{
		small_float before(*this);

		*this += 1;
		return before;
	}
	small_float operator--(int)
	{
		small_float before(*this);

		*this -= 1;
		return before;
	}
};

} /* namespace acl_emu */

#endif /* __cplusplus */

/** @brief IEEE 754 binary16: 5 bits of exponent, 10 of fraction. */
#if ACL_EMU_FLOAT16
__extension__ typedef _Float16 half;
#elif defined(__cplusplus)
typedef acl_emu::small_float<5, 10> half;
#else
typedef struct half {
	uint16_t bits;
} half;
#endif

/** @brief The upper half of an IEEE 754 binary32: 8 bits of exponent, 7 of fraction. */
#if ACL_EMU_BFLOAT16
__extension__ typedef __bf16 bfloat16_t;
#elif defined(__cplusplus)
typedef acl_emu::small_float<8, 7> bfloat16_t;
#else
typedef struct bfloat16_t {
	uint16_t bits;
} bfloat16_t;
#endif

/** @brief The half nearest to @p value; of two the even one. */
static inline half acl_emu_half_from(float value)
{
#if ACL_EMU_FLOAT16 || defined(__cplusplus)
	return (half)value;
#else
	half number = { acl_emu_narrow(value, 5, 10) };

	return number;
#endif
}

/** @brief The value of @p number, exactly. */
static inline float acl_emu_half_to(half number)
{
#if ACL_EMU_FLOAT16 || defined(__cplusplus)
	return (float)number;
#else
	return acl_emu_widen(number.bits, 10);
#endif
}

/** @brief The bfloat16_t nearest to @p value; of two the even one. */
static inline bfloat16_t acl_emu_bfloat16_from(float value)
{
#if ACL_EMU_BFLOAT16 || defined(__cplusplus)
	return (bfloat16_t)value;
#else
	bfloat16_t number = { acl_emu_narrow(value, 8, 7) };

	return number;
#endif
}

/** @brief The value of @p number, exactly. */
static inline float acl_emu_bfloat16_to(bfloat16_t number)
{
#if ACL_EMU_BFLOAT16 || defined(__cplusplus)
	return (float)number;
#else
	return acl_emu_widen(number.bits, 7);
#endif
}

#endif /* ACL_EMU_HALF_H */
