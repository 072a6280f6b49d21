// SPDX-License-Identifier: MIT
/*
 * half and bfloat16_t in C++, and the class that stands for them where the compiler has no such
 * types: conversions, rounding, arithmetic.
 */
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

#include "tikicpulib.h"

typedef acl_emu::small_float<5, 10> class_half;
typedef acl_emu::small_float<8, 7> class_bfloat16;

static int failed;

#define CHECK(condition)                                                                          \
	do {                                                                                      \
		if (!(condition)) {                                                               \
			std::printf("line %d: %s\n", __LINE__, #condition);                       \
			failed = 1;                                                               \
		}                                                                                 \
	} while (0)

template <typename To, typename From>
static To bits_as(From from)
{
	To to;

	static_assert(sizeof(to) == sizeof(from), "sizes differ");
	std::memcpy(&to, &from, sizeof(to));
	return to;
}

template <typename T>
static float rounded(double value)
{
	return static_cast<float>(static_cast<T>(value));
}

/* Each pattern of 16 bits goes to float and back; @scale is the fraction's unit at 1. */
template <typename T>
static void check_type(double scale, double smallest, double largest)
{
	const float infinity = std::numeric_limits<float>::infinity();
	const double unit = scale;

	static_assert(sizeof(T) == 2, "2 bytes");
	for (unsigned int i = 0; i < 65536; i++) {
		const uint16_t bits = static_cast<uint16_t>(i);
		const float value = static_cast<float>(bits_as<T>(bits));

		if (std::isnan(value))
			CHECK(std::isnan(rounded<T>(value)));
		else
			CHECK(bits_as<uint16_t>(static_cast<T>(value)) == bits);
	}
	CHECK(rounded<T>(1 + unit) == static_cast<float>(1 + unit));
	/* ties go to the even neighbour, all else to the nearer one */
	CHECK(rounded<T>(1 + unit / 2) == 1);
	CHECK(rounded<T>(1 + unit * 1.5) == static_cast<float>(1 + 2 * unit));
	/* With a float in between this one would become a tie. */
	CHECK(rounded<T>(1 + unit / 2 + 1e-12) == static_cast<float>(1 + unit));
	CHECK(rounded<T>(1 + unit / 2 - 1e-12) == 1);
	CHECK(rounded<T>(smallest) == static_cast<float>(smallest));
	CHECK(rounded<T>(smallest / 2) == 0);
	CHECK(rounded<T>(smallest * 0.51) == static_cast<float>(smallest));
	CHECK(rounded<T>(smallest / 1000) == 0);
	CHECK(std::signbit(rounded<T>(-smallest / 1000)));
	CHECK(rounded<T>(largest) == static_cast<float>(largest));
	CHECK(rounded<T>(largest * (1 + unit / 8)) == static_cast<float>(largest));
	CHECK(rounded<T>(largest * (1 + unit / 2)) == infinity);
	CHECK(rounded<T>(-1e300) == -infinity);
	CHECK(rounded<T>(infinity) == infinity);
}

template <typename T>
static void check_arithmetic()
{
	T a = static_cast<T>(3), b = static_cast<T>(0.5f), c;
	const float unit = static_cast<float>(static_cast<T>(1) / static_cast<T>(3));

	static_assert(std::is_same<decltype(a + b), T>::value, "type of a sum");
	static_assert(std::is_same<decltype(a * 2), T>::value, "type with an integer");
	static_assert(std::is_same<decltype(2 * a), T>::value, "type with an integer");
	static_assert(std::is_same<decltype(a - 1.0f), float>::value, "type with a float");
	static_assert(std::is_same<decltype(1.0 / a), double>::value, "type with a double");
	static_assert(std::is_same<decltype(-a), T>::value, "type of a negative");
	CHECK(a + b == 3.5f);
	CHECK(a - b == 2.5f);
	CHECK(a * b == 1.5f);
	CHECK(a / b == 6.0f);
	CHECK(a + 1 == 4);
	CHECK(2 * a == 6);
	CHECK(1.0f - a == -2.0f);
	CHECK(-a == -3);
	CHECK(+a == 3);
	CHECK(a > b && b < a && a >= b && b <= a && a != b && !(a == b));
	/* Results are rounded to the type, not kept as float. */
	CHECK(unit == rounded<T>(1.0 / 3));
	CHECK(unit != 1.0f / 3);
	c = a;
	c += b;
	c -= 1;
	c *= 4;
	c /= b;
	CHECK(c == 20);
	CHECK(c++ == 20 && c-- == 21 && ++c == 21 && --c == 20);
	CHECK(static_cast<int>(c) == 20);
	CHECK(std::sqrt(static_cast<float>(c + 5)) == 5);
	if (!(c != 0))
		failed = 1;
}

/* The class calculates what the compiler's type calculates. */
static void compare_with_compiler()
{
#if ACL_EMU_FLOAT16
	for (uint32_t i = 1; i < 200000; i++) {
		const uint32_t random = i * 2654435761u;
		const uint16_t x = static_cast<uint16_t>(random), y = static_cast<uint16_t>(random >> 16);
		const class_half a = bits_as<class_half>(x), b = bits_as<class_half>(y);
		const half c = bits_as<half>(x), d = bits_as<half>(y);
		const float pairs[][2] = {
			{ a + b, static_cast<float>(c + d) }, { a - b, static_cast<float>(c - d) },
			{ a * b, static_cast<float>(c * d) }, { a / b, static_cast<float>(c / d) }
		};

		for (const auto &pair : pairs)
			CHECK(pair[0] == pair[1] || (std::isnan(pair[0]) && std::isnan(pair[1])));
	}
#endif
}

int main()
{
	const double half_unit = 1.0 / 1024, bfloat16_unit = 1.0 / 128;
	const double half_smallest = std::ldexp(1, -24), bfloat16_smallest = std::ldexp(1, -133);
	const double bfloat16_largest = (2 - bfloat16_unit) * std::ldexp(1, 127);

	check_type<half>(half_unit, half_smallest, 65504);
	check_type<class_half>(half_unit, half_smallest, 65504);
	check_type<bfloat16_t>(bfloat16_unit, bfloat16_smallest, bfloat16_largest);
	check_type<class_bfloat16>(bfloat16_unit, bfloat16_smallest, bfloat16_largest);
	check_arithmetic<half>();
	check_arithmetic<class_half>();
	check_arithmetic<bfloat16_t>();
	check_arithmetic<class_bfloat16>();
	compare_with_compiler();
	CHECK(acl_emu_half_to(acl_emu_half_from(1.5f)) == 1.5f);
	CHECK(acl_emu_bfloat16_to(acl_emu_bfloat16_from(-2.5f)) == -2.5f);
	return failed;
}
